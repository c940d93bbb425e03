-- A promise to a dispatcher: only the newest activation of a queue's dispatcher may lease.
-- open: queue -> epoch, whether the queue's reminder is registered
ops.open = function(queue)
  call('SADD', queues, queue)
  return { call('HINCRBY', queue_key(queue), 'epoch', 1), call('HGET', queue_key(queue), 'reminder') or '0' }
end

-- reminded: queue. The queue's reminder has been registered.
ops.reminded = function(queue)
  call('HSET', queue_key(queue), 'reminder', '1')
  return { 'ok' }
end

-- Moves what has become due from the due set to its lane.
local function promote(queue)
  local key = queue_key(queue)
  local due = call('ZRANGEBYSCORE', key .. ':due', '-inf', int(now), 'LIMIT', 0, 100)
  if #due == 0 then
    return
  end
  local unneeded = {}
  for _, id in ipairs(due) do
    local line = call('HGET', task_key(id), 's')
    local t = line and parse(line)
    local waits = t and not is_final(t) and t.queue == queue
    if waits and t.due > now then
      call('ZADD', key .. ':due', int(t.due), id)
    else
      if waits and call('HEXISTS', leases, id) == 0 then
        add_ready(t, id)
      end
      unneeded[#unneeded + 1] = id
    end
  end
  if #unneeded > 0 then
    call('ZREM', key .. ':due', unpack(unneeded))
  end
end

-- Milliseconds until the next task of a queue becomes due, by the store's clock; -1 when none waits.
local function next_due(queue)
  local first = call('ZRANGE', queue_key(queue) .. ':due', 0, 0, 'WITHSCORES')
  return first[2] and int(math.max(0, tonumber(first[2]) - now)) or '-1'
end

-- What is too long to travel with a lease is read by the worker, if it comes to need it.
local function fitting(value)
  return value and #value <= inline_limit and value or ''
end

-- Leases those of the given ids of a lane that are there by right, and returns how many; what the silo needs of each goes
-- into `out`. Other entries are left over from cut scripts: the task is leased or final, or lies elsewhere by now (it
-- has become a suspect, or the id was accepted anew with another name or queue), where it has an entry of its own.
local function lease_ids(silo, queue, lane, ids, out)
  local held = call('HMGET', leases, unpack(ids))
  local granted = {}
  local taken = 0
  for i, id in ipairs(ids) do
    local record = call('HMGET', task_key(id), 's', 'd', 'a')
    local t = record[1] and glance(record[1])
    if t and not is_final(t) and not held[i] and t.queue == queue and lane_of(t) == lane then
      if t.due > now then
        call('ZADD', queue_key(queue) .. ':due', int(t.due), id)
      else
        local token = int(math.max(t.issued + 1, now * 1024))
        local begun = t.crashes == 0 and ' 1 0' or ' 0 0'
        granted[#granted + 1] = id
        granted[#granted + 1] = token .. ' ' .. silo .. ' ' .. (t.attempt + 1) .. ' ' .. now_text .. begun
        local n = #out
        out[n + 1], out[n + 2], out[n + 3] = id, token, now_text
        out[n + 4], out[n + 5], out[n + 6] = record[1], record[2] or '', fitting(record[3])
        taken = taken + 1
      end
    end
  end
  if taken > 0 then
    call('HSET', leases, unpack(granted))
  end
  call('ZREM', queue_key(queue) .. ':l:' .. lane, unpack(ids))
  return taken
end

-- Sets a lane's place among the open ones to its true head, or closes it when it is empty.
local function settle_lane(queue, lane, priority)
  local key = queue_key(queue)
  announced[key .. lane] = nil
  local head = call('ZRANGE', key .. ':l:' .. lane, 0, 0, 'WITHSCORES')
  if head[2] then
    call('ZADD', key .. ':open', lane_score(priority, head[2]), lane)
  else
    call('ZREM', key .. ':open', lane)
  end
end

-- lease: queue, dispatcher epoch, silo, the silo's capabilities, how many
-- -> ok, ms until the next is due, whether more is ready (if only for other silos), list of id, token, started, line,
--    definition ('' when it is long), attempts of each
--  | superseded | dead | paused
ops.lease = function(queue, dispatcher, silo, capabilities, max)
  local key = queue_key(queue)
  local meta = call('HMGET', key, 'epoch', 'paused')
  if meta[1] ~= dispatcher then
    return { 'superseded' }
  end
  if is_dead(silo) then
    return { 'dead' }
  end
  promote(queue)
  if meta[2] == '1' then
    return { 'paused' }
  end

  max = math.min(tonumber(max), lease_limit)
  local out = {}
  local taken = 0
  local skipped = 0
  local rounds = 0
  local known = {}
  -- A round takes something or removes what is left over; the bound is for very many leftovers.
  while taken < max and rounds < max + 64 do
    local heads = call('ZRANGE', key .. ':open', skipped, skipped + 1, 'WITHSCORES')
    local lane = heads[1]
    if not lane then
      break
    end
    local priority, suspect, name = string.match(lane, '^(%d):(!?)([^:]+)')
    if known[name] == nil then
      known[name] = call('SISMEMBER', prefix .. 'caps:' .. capabilities, name) == 1
    end
    if not known[name] or (suspect == '!' and has_trial(silo)) then
      skipped = skipped + 1
    else
      rounds = rounds + 1
      local want = suspect == '!' and 1 or max - taken
      local bound = '+inf'
      if heads[3] and string.sub(heads[3], 1, 1) == priority then
        -- Another lane of this priority: not past its head. The head itself is not excluded, or two lanes announced
        -- with one place (one of them is out of date then) would wait for each other for ever.
        bound = int(tonumber(heads[4]) - tonumber(lane_score(priority, 0)))
      end
      local ids = call('ZRANGEBYSCORE', key .. ':l:' .. lane, '-inf', bound, 'LIMIT', 0, want)
      if #ids > 0 then
        if suspect == '!' then
          call('HSET', trials, silo, ids[1])
        end
        local got = lease_ids(silo, queue, lane, ids, out)
        if suspect == '!' and got == 0 then
          call('HDEL', trials, silo)
        end
        taken = taken + got
      end
      settle_lane(queue, lane, priority)
    end
  end
  local more = call('ZCARD', key .. ':open') > 0 and '1' or '0'
  return { 'ok', next_due(queue), more, out }
end

-- begin: id, token -> ok | cancel | stale. Written before a suspect's code starts, so that only a death in which it
-- had begun counts against it.
ops.begin = function(id, token)
  local l = lease_of(id, token)
  if not l or is_dead(l.silo) then
    return { 'stale' }
  end
  if l.cancel == '1' then
    return { 'cancel' }
  end
  l.begun = '1'
  call('HSET', leases, id, lease_line(l))
  return { 'ok' }
end

-- handback: id, token -> ok | stale. A lease that was not begun, or was stopped, goes back with its original place.
ops.handback = function(id, token)
  local l = lease_of(id, token)
  if not l then
    return { 'stale' }
  end
  local line = call('HGET', task_key(id), 's')
  local t = line and parse(line)
  if t and is_leftover(t, l) then
    drop_leftover(t, id)
    return { 'ok' }
  end
  if t then
    close_lease(t, l)
    if l.cancel == '1' then
      write_final(t, id, 'C', 'requested')
    else
      t.version = t.version + 1
      add_waiting(t, id)
      call('HSET', task_key(id), 's', line_of(t))
    end
  end
  call('HDEL', leases, id)
  release_trial(l.silo, id)
  return { 'ok' }
end

-- reoffer: id, lease line -> ok | stale. After the store has lost writes: puts back the lease of an attempt that runs.
ops.reoffer = function(id, line)
  local l = parse_lease(line)
  local held = call('HGET', leases, id)
  if held then
    return { parse_lease(held).token == l.token and 'ok' or 'stale' }
  end
  local record = call('HGET', task_key(id), 's')
  local t = record and parse(record)
  if not t or is_final(t) or t.issued >= tonumber(l.token) then
    return { 'stale' }
  end
  call('HSET', leases, id, line)
  remove_waiting(t, id)
  return { 'ok' }
end

-- advance: sequence number. Ends the recovery from lost writes: the store counts on from what was seen of it. Neither
-- this nor reoffer draws a number: the first draw could end the recovery before the leases are back.
ops.advance = function(seen)
  call('SET', prefix .. 'seq', int(math.max(seq, tonumber(seen)) + 1))
  return { 'ok' }
end
