-- read: id -> now, lease, line, definition, result, error, attempts, progress ('' where there is none)
ops.read = function(id)
  local lease = call('HGET', leases, id)
  local record = call('HMGET', task_key(id), 's', 'd', 'r', 'e', 'a', 'p', 'b')
  local out = { int(now), lease or '', record[1] or '', record[2] or record[7] or '' }
  for i = 3, 6 do
    out[#out + 1] = record[i] or ''
  end
  return out
end

-- prune: state, how long to keep in ms, idempotency window in ms -> whether there was a bucket, how many records went. One
-- bucket a call, and only one that is wholly over its time. A late retry of a submit meets the tombstone for the rest of
-- the window.
ops.prune = function(state, keep, window)
  local oldest = call('ZRANGEBYSCORE', prefix .. 'fin:' .. state, '-inf', int(now - tonumber(keep) - bucket_span), 'LIMIT', 0, 1)[1]
  if not oldest then
    return { '0', '0' }
  end
  local pruned = 0
  for _, id in ipairs(call('LRANGE', prefix .. 'fin:' .. oldest, 0, -1)) do
    local key = task_key(id)
    local line = call('HGET', key, 's')
    local t = line and parse(line)
    if not t then
      -- Left over from a cut script: a tombstone that was not given its end.
      call('PEXPIRE', key, window)
    elseif t.state == state and tonumber(t.finished) + tonumber(keep) <= now then
      local left = tonumber(t.created) + tonumber(window) - now
      if left > 0 then
        call('HSET', key, 'x', t.hash)
        call('HDEL', key, 's', 'd', 'b', 'r', 'e', 'a', 'p')
        call('PEXPIRE', key, int(left))
      else
        call('DEL', key)
      end
      pruned = pruned + 1
    end
  end
  local field, number = string.match(oldest, '^(.*):(%d+)$')
  local current = call('HGET', prefix .. 'fin', field)
  if current and string.match(current, '^(%S+)') == number then
    call('HDEL', prefix .. 'fin', field)
  end
  buckets[field] = nil
  call('DEL', prefix .. 'fin:' .. oldest)
  call('ZREM', prefix .. 'fin:' .. state, oldest)
  return { '1', int(pruned) }
end
