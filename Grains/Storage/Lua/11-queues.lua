-- A queue's limit by its field: 'q' all, 'n:name', 'k:key', 'k' each key.
local function new_limit(queue, field)
  local letter, what = string.match(field, '^(%a):?(.*)$')
  return {
    letter = letter,
    is_for = function(of_queue, name, key)
      return of_queue == queue and (what == '' or what == (letter == 'n' and name or key))
    end,
  }
end

-- Whether a change of a queue's settings may be made: its caller has seen the last one, or it is that one once more. Callers repeat what was
-- not answered, and what they gave up may come late.
local function may_change(queue, seen, operation)
  local last = call('HMGET', queue_key(queue), 'revision', 'operation')
  local revision = last[1] or '0'
  if last[2] == operation then
    return false, { 'ok', revision }
  elseif revision ~= seen then
    return false, { 'stale', revision }
  end
  return true, { 'ok', int(tonumber(revision) + 1) }
end

local function configure(queue, settings, fair, age, ...)
  local key = queue_key(queue)
  local fields = { ... }
  local kept = {}
  local new = {}
  call('SADD', queues, queue)
  for i = 1, #fields, 2 do
    kept[fields[i]] = true
    if call('HGET', key .. ':limits', fields[i]) ~= fields[i + 1] then
      new[#new + 1] = new_limit(queue, fields[i])
    end
  end
  local all = call('HGETALL', key .. ':limits')
  for i = 1, #all, 2 do
    -- Where a queue's own limit of a name goes, that of the silos holds again, as if it were new.
    if not kept[all[i]] and string.sub(all[i], 1, 2) == 'n:' then
      new[#new + 1] = new_limit(queue, all[i])
    end
  end
  -- What runs is counted first, so that a limit holds from the moment on in which it is set.
  count_running(new)
  if #fields > 0 then
    call('HSET', key .. ':limits', unpack(fields))
  end
  for i = 1, #all, 2 do
    if not kept[all[i]] then
      call('HDEL', key .. ':limits', all[i])
    end
  end
  if fair == '1' then
    -- Turns come after the places that lanes are announced with until now.
    local turn = tonumber(call('HGET', key, 'turn') or '0')
    call('HSET', key, 'turn', int(math.max(turn, seq)))
  end
  call('HSET', key, 'settings', settings, 'fair', fair)
  if age == '0' then
    call('HDEL', key, 'age')
  else
    call('HSET', key, 'age', age)
  end
  forget_limits()
  facts = {}
  for _, lane in ipairs(call('ZRANGE', key .. ':open', 0, 999)) do
    settle_lane(queue, lane, string.sub(lane, 1, 1))
  end
  look_at_waits(queue)
end

-- configure: queue, revision that the caller has seen, operation, its settings as JSON, whether it is fair, ageing interval in ms (0: none),
-- then field and text of each of its limits -> ok, revision | stale, revision
ops.configure = function(queue, seen, operation, ...)
  local may, reply = may_change(queue, seen, operation)
  if may then
    configure(queue, ...)
    call('HSET', queue_key(queue), 'revision', reply[2], 'operation', operation)
  end
  return reply
end

-- declare: queue, settings and limits as above, by a silo that starts -> ok | kept. What was set while the grid ran stays; what an earlier
-- silo declared does not.
ops.declare = function(queue, settings, ...)
  local set = call('HMGET', queue_key(queue), 'settings', 'declared')
  if set[1] and set[1] ~= set[2] and set[1] ~= settings then
    return { 'kept' }
  end
  if set[1] ~= settings then
    configure(queue, settings, ...)
  end
  call('HSET', queue_key(queue), 'declared', settings)
  return { 'ok' }
end

-- pause: queue, revision that the caller has seen, operation, whether it is to be paused -> ok, revision | stale, revision
ops.pause = function(queue, seen, operation, paused)
  local may, reply = may_change(queue, seen, operation)
  if may then
    call('SADD', queues, queue)
    call('HSET', queue_key(queue), 'paused', paused, 'revision', reply[2], 'operation', operation)
    woken[queue] = true
  end
  return reply
end

-- settings: queue -> settings ('' for none), revision
ops.settings = function(queue)
  local meta = call('HMGET', queue_key(queue), 'settings', 'revision')
  return { meta[1] or '', meta[2] or '0' }
end

-- queues -> the names of all queues
ops.queues = function()
  return { call('SMEMBERS', queues) }
end

-- Moves a waiting task to another place: there first, then the record, then away from where it was.
local function relocate(t, id, queue, priority, due, operation)
  local before = { queue = t.queue, priority = t.priority, due = t.due, lane = t.lane, crashes = t.crashes, place = t.place }
  t.queue = queue or t.queue
  t.priority = priority or t.priority
  t.due = due or t.due
  t.version = t.version + 1
  call('SADD', queues, t.queue)
  if t.state == 'R' then
    call('ZADD', retrying, int(t.due), id)
  end
  add_waiting(t, id)
  if operation then
    write_task(t, id, 'y', operation)
  else
    write_task(t, id)
  end
  -- What has become due may lie in the due set still: its due instant does not tell where it was.
  local waits = t.due > now
  if not waits or t.queue ~= before.queue then
    call('ZREM', queue_key(before.queue) .. ':due', id)
  end
  if waits or t.queue ~= before.queue or t.priority ~= before.priority then
    call('ZREM', queue_key(before.queue) .. ':l:' .. lane_of(before), id)
  end
  woken[t.queue] = true
end

-- A task to be changed by hand, if it may be: its caller has seen it as it is. Else what to answer: that it is so already when the
-- change is the last one once more.
local function find_to_touch(id, seen, operation)
  local t = read_task(id)
  if not t then
    return nil, { 'unknown' }
  elseif call('HGET', task_key(id), 'y') == operation then
    return nil, { 'ok' }
  elseif int(t.version) ~= seen then
    return nil, { 'stale' }
  end
  return t
end

-- change: id, version that the caller has seen, operation, queue, priority, due in ms ('' for what stays)
-- -> ok | unknown | final | running | stale
ops.change = function(id, seen, operation, queue, priority, due)
  local t, refusal = find_to_touch(id, seen, operation)
  if not t then
    return refusal
  elseif is_final(t) then
    return { 'final' }
  end
  local l, found = running_lease(t, id)
  if l then
    return { 'running' }
  elseif found then
    drop_leftover(t, found, id)
  end
  relocate(t, id, queue ~= '' and queue, priority ~= '' and priority, due ~= '' and tonumber(due), operation)
  return { 'ok' }
end

-- Lets a failed or cancelled task run again, from the end of its queue, with all its attempts and without its old deadline.
local function run_again(t, id, operation)
  local left = call('HGET', leases, id)
  if left then
    remove_lease(t, parse_lease(left), id)
  end
  local terms = terms_of(t, id)
  -- One operation may do this for many tasks, and has drawn one number.
  seq = call('INCRBY', prefix .. 'seq', 1)
  local was, before = t.state, t.place
  local gone = count_gone(t)
  t.state = 'W'
  t.due = now
  t.place = int(seq)
  t.finished = '0'
  t.reason = '-'
  t.crashes = 0
  t.forgiven = int(t.attempt)
  t.version = t.version + 1
  call('SADD', queues, t.queue)
  local fields = operation and { 'y', operation } or {}
  if terms ~= no_terms then
    terms.expires, terms.deadline = 0, 0
    bind_terms(t, id, terms)
    fields[#fields + 1] = 'o'
    fields[#fields + 1] = terms_line(terms)
    local mode, unique = string.match(terms.dedup, '^([udl])(.*)$')
    if mode and not meet(id, 'u', unique) then
      call('SET', prefix .. 'u:' .. unique, id)
    end
  end
  add_ready(t, id)
  add_to_list(t, id .. ' ' .. now_text)
  write_task(t, id, unpack(fields))
  leave_list(before, gone)
  count('kept:' .. was, -1)
  count('retried:' .. t.queue, 1)
  woken[t.queue] = true
end

-- retry: id, version that the caller has seen, operation -> ok | unknown | unfinished | succeeded | stale
ops.retry = function(id, seen, operation)
  local t, refusal = find_to_touch(id, seen, operation)
  if not t then
    return refusal
  elseif not is_final(t) then
    return { 'unfinished' }
  elseif t.state == 'S' then
    return { 'succeeded' }
  end
  run_again(t, id, operation)
  return { 'ok' }
end
