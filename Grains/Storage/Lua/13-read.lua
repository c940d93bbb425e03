-- read: id -> now, lease, line, definition, result, error, attempts, progress, terms ('' where there is none)
ops.read = function(id)
  local lease = call('HGET', leases, id)
  local key = task_key(id)
  local record = call('HMGET', key, 's', 'i', 'k', 'd', 'r', 'e', 'a', 'p', 'o', 'b')
  local out = { int(now), lease or '', record[1] and line_of(record[1], record[2], record[3]) or '', whole(key, record[4] or record[10]) }
  for i = 5, 9 do
    out[#out + 1] = record[i] or ''
  end
  return out
end

-- readlog: id -> the number of the last line, lines
ops.readlog = function(id)
  return { call('HGET', task_key(id), 'n') or '0', call('LRANGE', prefix .. 'log:' .. id, 0, -1) }
end

-- Removes a record; for the rest of its idempotency window its hash stays, so that a late retry of the submit does not run it again.
local function forget(t, id, window, key_window)
  local key = task_key(id)
  local left = tonumber(t.created) + tonumber(has(t.flags, 'i') and key_window or window) - now
  local gone = count_gone(t)
  call('DEL', prefix .. 'log:' .. id)
  if left > 0 then
    call('HSET', key, 'x', t.hash)
    call('HDEL', key, 's', 'i', 'k', 'd', 'b', 'r', 'e', 'a', 'p', 'o', 'y', 'n', 'w', '1', '2', '3', '4', '5', '6', '7')
    call('PEXPIRE', key, int(left))
  else
    call('DEL', key)
  end
  leave_list(t.place, gone)
  count('kept:' .. t.state, -1)
end

-- forget: id, idempotency window in ms, that of idempotency keys -> ok, lane, queue | unknown | unfinished
ops.forget = function(id, window, key_window)
  local t = read_task(id)
  if not t then
    return { 'unknown' }
  elseif not is_final(t) then
    return { 'unfinished' }
  end
  forget(t, id, window, key_window)
  return { 'ok', t.lane, t.queue }
end

actions.forget = function(t, id, windows)
  forget(t, id, string.match(windows, '^(%d+) (%d+)$'))
  return 1
end

-- classes -> the states with a retention class that there have been
ops.classes = function()
  return { call('SMEMBERS', prefix .. 'classes') }
end

-- prune: bucket state, how long to keep in ms, idempotency window in ms, that of idempotency keys -> whether there was a bucket,
-- how many records went. One bucket a call, and only one that is wholly over its time.
ops.prune = function(state, keep, window, key_window)
  local index = prefix .. 'fin:' .. state
  local oldest = call('ZRANGEBYSCORE', index, '-inf', int(now - tonumber(keep) - bucket_span(state)), 'LIMIT', 0, 1)[1]
  if not oldest then
    return { '0', '0' }
  end
  local letter = string.sub(state, 1, 1)
  local pruned = 0
  for _, id in ipairs(call('LRANGE', prefix .. 'fin:' .. oldest, 0, -1)) do
    local t = read_task(id)
    if not t then
      -- A tombstone; left over from a cut script it may not have been given its end.
      local key = task_key(id)
      if call('PTTL', key) == -1 then
        call('PEXPIRE', key, window)
      end
    elseif t.state == letter and tonumber(t.finished) + tonumber(keep) <= now then
      forget(t, id, window, key_window)
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
  call('ZREM', index, oldest)
  return { '1', int(pruned) }
end
