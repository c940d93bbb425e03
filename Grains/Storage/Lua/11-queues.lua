-- Whom a queue's limit holds for, by its field: 'q' all, 'n:name', 'k:key', 'k' each key.
local function holds_for(queue, field)
  local letter, what = string.match(field, '^(%a):?(.*)$')
  return letter, function(of_queue, name, key)
    return of_queue == queue and (what == '' or what == (letter == 'n' and name or key))
  end
end

-- configure: queue, its settings as JSON, whether it is fair, ageing interval in ms (0: none), then field and text of each of its
-- limits. What runs is counted first, so that a limit holds from the moment on in which it is set.
ops.configure = function(queue, settings, fair, age, ...)
  local key = queue_key(queue)
  local fields = { ... }
  local kept = {}
  call('SADD', queues, queue)
  for i = 1, #fields, 2 do
    local letter, matches = holds_for(queue, fields[i])
    impose(letter, fields[i + 1], matches)
    call('HSET', key .. ':limits', fields[i], fields[i + 1])
    kept[fields[i]] = true
  end
  local all = call('HGETALL', key .. ':limits')
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
  impose('q', '-')
  facts = {}
  for _, lane in ipairs(call('ZRANGE', key .. ':open', 0, 999)) do
    settle_lane(queue, lane, string.sub(lane, 1, 1))
  end
  for _, scope in ipairs(call('ZRANGE', key .. ':waits', 0, 999)) do
    call('ZADD', key .. ':waits', now_text, scope)
  end
  woken[queue] = true
  return { 'ok' }
end

-- declare: as configure, by a silo that starts. What was set while the grid ran stays; what an earlier silo declared does not.
ops.declare = function(queue, settings, ...)
  local set = call('HMGET', queue_key(queue), 'settings', 'declared')
  if set[1] and set[1] ~= set[2] then
    return { 'kept' }
  end
  call('HSET', queue_key(queue), 'declared', settings)
  if set[1] ~= settings then
    ops.configure(queue, settings, ...)
  end
  return { 'ok' }
end

-- pause: queue, whether it is to be paused
ops.pause = function(queue, paused)
  call('SADD', queues, queue)
  call('HSET', queue_key(queue), 'paused', paused)
  woken[queue] = true
  return { 'ok' }
end

-- queue: queue -> settings ('' for none), whether it is paused, how many are not due, open lanes, shut lanes
ops.queue = function(queue)
  local key = queue_key(queue)
  local meta = call('HMGET', key, 'settings', 'paused')
  return {
    meta[1] or '', meta[2] or '0', int(call('ZCARD', key .. ':due')), int(call('ZCARD', key .. ':open')), int(call('HLEN', key .. ':shut')),
  }
end

-- queues -> the names of all queues
ops.queues = function()
  return { call('SMEMBERS', queues) }
end

-- Moves a waiting task to another place: there first, then the record, then away from where it was.
local function relocate(t, id, queue, priority, due)
  local before = { queue = t.queue, priority = t.priority, due = t.due, lane = t.lane, crashes = t.crashes, place = t.place }
  t.queue = queue or t.queue
  t.priority = priority or t.priority
  t.due = due or t.due
  t.version = t.version + 1
  call('SADD', queues, t.queue)
  add_waiting(t, id)
  call('HSET', task_key(id), 's', line_of(t))
  local was, is = before.due > now, t.due > now
  if t.queue ~= before.queue or was ~= is or not is and t.priority ~= before.priority then
    if not is or t.queue ~= before.queue then
      call('ZREM', queue_key(before.queue) .. ':due', id)
    end
    if is or t.queue ~= before.queue or t.priority ~= before.priority then
      call('ZREM', queue_key(before.queue) .. ':l:' .. lane_of(before), id)
    end
  end
  woken[t.queue] = true
end

-- change: id, queue, priority, due in ms ('-' for what stays) -> ok | unknown | final | running
ops.change = function(id, queue, priority, due)
  local line = call('HGET', task_key(id), 's')
  local t = line and parse(line)
  if not t then
    return { 'unknown' }
  elseif is_final(t) then
    return { 'final' }
  end
  local l, found = running_lease(t, id)
  if l then
    return { 'running' }
  elseif found then
    drop_leftover(t, found, id)
  end
  relocate(t, id, queue ~= '-' and queue, priority ~= '-' and priority, due ~= '-' and tonumber(due))
  return { 'ok' }
end

-- Lets a failed or cancelled task run again, from the end of its queue, with all its attempts and without its old deadline.
local function run_again(t, id)
  local terms = terms_of(t, id)
  -- One operation may do this for many tasks, and has drawn one number.
  seq = call('INCRBY', prefix .. 'seq', 1)
  t.state = 'W'
  t.due = 0
  t.place = int(seq)
  t.finished = '0'
  t.reason = '-'
  t.crashes = 0
  t.forgiven = int(t.attempt)
  t.version = t.version + 1
  call('SADD', queues, t.queue)
  local fields = {}
  if terms ~= no_terms then
    terms.expires, terms.deadline = 0, 0
    bind_terms(t, id, terms)
    fields = { 'o', terms_line(terms) }
    local mode, unique = string.match(terms.dedup, '^([udl])(.*)$')
    if mode and not meet(id, 'u', unique) then
      call('SET', prefix .. 'u:' .. unique, id)
    end
  end
  add_ready(t, id)
  call('HSET', task_key(id), 's', line_of(t), unpack(fields))
  counts['retried:' .. t.queue] = (counts['retried:' .. t.queue] or 0) + 1
  woken[t.queue] = true
end

-- retry: id -> ok | unknown | unfinished | succeeded
ops.retry = function(id)
  local line = call('HGET', task_key(id), 's')
  local t = line and parse(line)
  if not t then
    return { 'unknown' }
  elseif not is_final(t) then
    return { 'unfinished' }
  elseif t.state == 'S' then
    return { 'succeeded' }
  end
  local left = call('HGET', leases, id)
  if left then
    remove_lease(t, parse_lease(left), id)
  end
  run_again(t, id)
  return { 'ok' }
end
