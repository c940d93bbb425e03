-- A submit whose id is known: the same content is the same task, and its index entry may be missing.
local function accept_again(key, id, hash)
  local found = call('HMGET', key, 's', 'x')
  if not found[1] then
    return found[2] and { found[2] == hash and 'forgotten' or 'exists' }
  end
  local t = parse(found[1])
  if t.hash ~= hash then
    return { 'exists' }
  end
  if not is_final(t) and call('HEXISTS', leases, id) == 0 then
    call('SADD', queues, t.queue)
    add_waiting(t, id)
  end
  return { 'same' }
end

-- accept: id, content hash, queue, lane, priority, delay in ms, due in ms (0: none), definition
-- -> ok, place, now, due | same | exists | forgotten
ops.accept = function(id, hash, queue, lane, priority, delay, due, definition)
  local key = task_key(id)
  local again = call('EXISTS', key) == 1 and accept_again(key, id, hash)
  if again then
    return again
  end

  local dueAt = tonumber(due)
  if tonumber(delay) > 0 then
    dueAt = now + tonumber(delay)
  end
  place = place + 1
  local t = { priority = priority, place = int(place), due = dueAt, queue = queue, lane = lane, crashes = 0 }
  local line = 'W 1 0 0 0 0 0 ' .. priority .. ' ' .. t.place .. ' ' .. int(dueAt) .. ' ' .. now_text .. ' 0 0 '
    .. queue .. ' ' .. lane .. ' ' .. hash .. ' - -'
  if not announced[queue] then
    call('SADD', queues, queue)
    announced[queue] = 0
  end
  add_waiting(t, id)
  call('HSET', key, #definition > inline_limit and 'b' or 'd', definition, 's', line)
  return { 'ok', t.place, now_text, int(dueAt) }
end

-- cancel: id, reason -> unknown | final | cancelled | requested, silo. A leftover lease does not run: a flag on it would
-- go with it.
ops.cancel = function(id, reason)
  local line = call('HGET', task_key(id), 's')
  if not line then
    return { 'unknown' }
  end
  local t = parse(line)
  if is_final(t) then
    return { 'final' }
  end
  local leased = call('HGET', leases, id)
  local l = leased and parse_lease(leased)
  if l and not is_leftover(t, l) then
    if l.cancel == '0' then
      l.cancel = '1'
      call('HSET', leases, id, lease_line(l))
    end
    return { 'requested', l.silo }
  end
  write_final(t, id, 'C', reason)
  remove_waiting(t, id)
  if l then
    call('HDEL', leases, id)
  end
  return { 'cancelled' }
end
