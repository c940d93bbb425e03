-- The process that answers, or '-' when the store does not allow to ask.
local function this_process()
  local info = redis.pcall('INFO', 'server')
  return type(info) == 'string' and string.match(info, 'run_id:(%x+)') or '-'
end

-- A life of the store is the time in which it has lost nothing: it begins with the process, and where lost writes were
-- noticed otherwise. In another one every silo has to offer its leases again. Its name is never used again: process, moment and number.
local has_lived, is_in_doubt

at_call(function()
  has_lived, is_in_doubt = false, false
end)

local function is_same_life()
  if not has_lived then
    local process = this_process()
    -- Not everybody may be allowed to ask: who is not can't know better than who was.
    has_lived = life ~= '' and (process == '-' or process == string.match(life, '^%S*'))
  end
  return has_lived
end

local function begin_life(number)
  life = this_process() .. ' ' .. int(now_us) .. ' ' .. int(number)
  call('SET', prefix .. 'life', life)
  has_lived = true
end

-- Whether a caller has to offer its leases before this call goes on: all that follows in it is refused as well.
local function leases_in_doubt()
  if not is_in_doubt and not is_same_life() then
    begin_life(seq)
    is_in_doubt = true
  end
  return is_in_doubt
end

-- join -> ok, the life of the store | format, that of the grid's records. For a silo that comes, and has no leases yet.
ops.join = function()
  -- Of which kind the records are. Whoever reads others would take one thing for another.
  local record_format = '3'
  local format = call('GET', prefix .. 'format')
  if not format and seq == 0 then
    call('SET', prefix .. 'format', record_format)
  elseif format ~= record_format then
    return { 'format', format or '1' }
  end
  if not is_same_life() then
    begin_life(seq)
  end
  return { 'ok', life }
end

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

-- In a block of its own, since Lua has no more than 200 locals at a time.
do

-- So many are moved in one call: a script holds everybody up.
local most_promoted = 256

-- Moves what has become due from the due set to its lane.
local function promote(queue)
  local key = queue_key(queue)
  local due = first_of(key .. ':due', now_text, most_promoted)
  if #due == 0 then
    return
  end
  local held = call('HMGET', leases, unpack(due))
  local lanes, in_order, unneeded = {}, {}, {}
  for n, id in ipairs(due) do
    local found = call('HMGET', task_key(id), 's', 'i')
    local t = found[1] and glance(found[1], found[2])
    local waits = t and not is_final(t) and t.queue == queue
    if waits and t.due > now then
      call('ZADD', key .. ':due', int(t.due), id)
    else
      if waits and not held[n] then
        local name = lane_of(t)
        local lane = lanes[name]
        if not lane then
          lane = { head = t, key = key .. ':l:' .. name, members = {} }
          lanes[name], in_order[#in_order + 1] = lane, lane
        elseif tonumber(t.place) < tonumber(lane.head.place) then
          lane.head = t
        end
        lane.members[#lane.members + 1] = t.place
        lane.members[#lane.members + 1] = id
      end
      unneeded[#unneeded + 1] = id
    end
  end
  for _, lane in ipairs(in_order) do
    announce_once(lane.head)
    call('ZADD', lane.key, unpack(lane.members))
  end
  if #unneeded > 0 then
    call('ZREM', key .. ':due', unpack(unneeded))
  end
end

-- What is too long to travel with a lease is read by the worker, if it comes to need it.
local function fitting(value)
  return value and #value <= inline_limit and value or ''
end

-- A plain task that has not run yet, as leasing sees it.
local untried = { attempt = 0, crashes = 0, issued = 0, flags = '-' }

-- Whether a record is that of such a task, which is due, and lies in a lane: its field i begins and ends with what the lane says.
local function is_untried(record, before, ending)
  local i = record[2]
  return record[1] == fresh and not record[6] and string.sub(i, 1, 2) == before and string.sub(i, -#ending) == ending
    and tonumber(string.match(i, '^%S+ %S+ (%S+)')) <= now
end

-- Leases those of the given ids of a lane that are there by right, and returns how many; what the silo needs of each goes
-- into `out`. Other entries are left over from cut scripts: the task is leased or final, or lies elsewhere by now (it
-- has become a suspect, or the id was accepted anew with another name or queue), where it has an entry of its own.
local function lease_ids(silo, queue, lane, ids, out, limits)
  local held = call('HMGET', leases, unpack(ids))
  local granted = {}
  local permits = ''
  for _, l in ipairs(limits) do
    permits = permits .. (l.counts and l.letter or '')
  end
  permits = permits == '' and '-' or permits
  local tasks = {}
  local records = {}
  local before, ending = string.sub(lane, 1, 1) .. ' ', ' ' .. queue .. ' ' .. string.sub(lane, 3)
  for i, id in ipairs(ids) do
    local record = call('HMGET', task_key(id), 's', 'i', 'k', 'd', 'a', 'o', '1', '2')
    local is_plain = not held[i] and is_untried(record, before, ending)
    local t = is_plain and untried or record[1] and glance(record[1], record[2])
    if is_plain then
      local n = #granted + 1
      granted[n], tasks[n], records[n] = id, t, record
    elseif t and not is_final(t) and not held[i] and t.queue == queue and lane_of(t) == lane then
      local terms = record[6] and parse_terms(record[6])
      local ended = terms and fate(t, terms)
      if ended then
        write_fate(parse(record[1], record[2], record[3]), id, ended)
      elseif t.due > now then
        call('ZADD', queue_key(queue) .. ':due', int(t.due), id)
      else
        local n = #granted + 1
        granted[n], tasks[n], records[n] = id, t, record
      end
    end
  end
  if #granted > 0 then
    local instants, late = take_room(limits, granted)
    local lines = {}
    local last, token, instant, line
    for i, id in ipairs(granted) do
      local t, record = tasks[i], records[i]
      if instants or t ~= last then
        token = int(math.max(t.issued + 1, now * 1024))
        instant = instants and instants[i] or now_text
        -- A suspect's beginning is written by itself, as is that of what may not begin twice.
        local begun = t.crashes == 0 and not has(t.flags, 'm') and ' 1 0 ' or ' 0 0 '
        line = token .. ' ' .. silo .. ' ' .. (t.attempt + 1) .. ' ' .. instant .. begun .. permits
        last = t
      end
      lines[i * 2 - 1], lines[i * 2] = id, line
      local n = #out
      out[n + 1], out[n + 2], out[n + 3] = id, token, instant
      out[n + 4], out[n + 5] = line_of(record[1], record[2], record[3]), whole(task_key(id), record[4], record[7], record[8])
      local is_usual = not record[5] and not record[6] and permits == '-' and not late
      out[n + 6] = is_usual and '' or { fitting(record[5]), record[6] or '', permits, late or '' }
    end
    call('HSET', leases, unpack(lines))
  end
  call('ZREM', queue_key(queue) .. ':l:' .. lane, unpack(ids))
  return #granted
end

-- How many tasks of a lane may be leased by its limits; when none, the limit in the way and when to look at it again.
local function room_for(limits)
  local room = math.huge
  for _, l in ipairs(limits) do
    local more, again = room_in(l)
    if more < 1 then
      return 0, l, again
    end
    room = math.min(room, more)
  end
  return room
end

-- The lane that comes first from a rank on, leaving out those that were passed over: lane, its score, the next lane's score, its rank.
local function first_lane(key, passed, rank)
  while true do
    local heads = call('ZRANGE', key .. ':open', rank, rank + 1, 'WITHSCORES')
    if not heads[1] or not passed[heads[1]] then
      return heads[1], heads[2], heads[3] and heads[4], rank
    end
    rank = rank + 1
  end
end

-- The first lane of a priority, leaving out those that were passed over.
local function first_of_priority(key, passed, priority)
  local from = (9 - priority) * priority_span
  local skipped = 0
  while true do
    local lanes = call('ZRANGEBYSCORE', key .. ':open', int(from), '(' .. int(from + priority_span), 'WITHSCORES', 'LIMIT', skipped, 1)
    if not lanes[1] or not passed[lanes[1]] then
      return lanes[1], lanes[2]
    end
    skipped = skipped + 1
  end
end

-- The same in a queue whose tasks age: of the best lanes of each priority that whose head counts highest, having waited.
local function eldest_lane(key, passed, interval)
  local best, best_score, best_rank
  for priority = 9, 0, -1 do
    local lane, score = first_of_priority(key, passed, priority)
    if lane then
      local head = call('ZRANGE', key .. ':l:' .. lane, 0, 0)[1]
      local t = head and read_task(head)
      local waited = t and now - math.max(tonumber(t.created), t.due) or 0
      local rank = math.min(9, priority + math.floor(waited / interval)) * priority_span - (t and tonumber(t.place) or 0)
      if not best or rank > best_rank then
        best, best_score, best_rank = lane, score, rank
      end
    end
  end
  return best, best_score
end

-- Whether another lane comes before one with limits: its own head may have gone since it was announced, or one that waits for the same
-- limits was accepted earlier. Then that one is opened.
local function comes_later(queue, lane, priority, score, limits)
  local key = queue_key(queue)
  local head = call('ZRANGE', key .. ':l:' .. lane, 0, 0, 'WITHSCORES')[2]
  local true_score = head and lane_score(priority, head)
  if head and tonumber(true_score) > tonumber(score) then
    call('ZADD', key .. ':open', true_score, lane)
    pass_on(queue, lane, limits)
    return true
  end
  for _, l in ipairs(limits) do
    local waiting, at = first_waiting(l.wait)
    if waiting and tonumber(at) < tonumber(score) then
      reopen(l.wait, 1)
      return true
    end
  end
  return false
end

-- The score of the first lane that waits for one of some limits, before which theirs come first; nil when none waits.
local function next_waiting(limits)
  local first
  for _, l in ipairs(limits) do
    local waiting, at = first_waiting(l.wait)
    first = waiting and math.min(tonumber(at), first or math.huge) or first
  end
  return first
end

-- Whether another queue has been told that the next suspect of a silo may be its, and may come for it still.
local function is_others_turn(silo, queue)
  local till, whose = string.match(call('GET', trials .. ':' .. silo .. ':turn') or '', '^(%d+) (.*)$')
  -- No turn lasts for longer than two seconds, whatever the clock has done.
  return whose and whose ~= queue and tonumber(till) > now and tonumber(till) <= now + 2000
end

local most_of_an_elder = 8

-- Lanes that a silo can't run are passed over, so many in one call: a script holds everybody up.
local most_passed_over = 1000

-- lease: queue, dispatcher epoch, silo, the silo's capabilities, how many, how many of them can begin at once, how many ms ahead of its
-- instant a start may be handed out
-- -> ok, ms until the queue has to be looked at again, whether more is ready (if only for other silos), list of id, token, when it
--    may begin, line, definition ('' when it is long), and a list of attempts, terms, permits and by how many ms it may begin later ('' for
--    ever), '' for none of these, of each, whether what comes next has to begin at once and the silo has no slot for it, now
--  | superseded | dead | paused | restarted
-- Nothing is leased before the silos can know that the store's process is another one: what it has lost may run.
-- What has a limit is leased only to be begun at once: waiting in a silo would use up the limit, and start later than it was counted.
-- Nor is anything that comes after it leased ahead, or its slot would be taken.
ops.lease = function(queue, dispatcher, silo, capabilities, max, idle, ms_ahead)
  local key = queue_key(queue)
  local meta = call('HMGET', key, 'epoch', 'paused', 'age')
  if meta[1] ~= dispatcher then
    return { 'superseded' }
  end
  if is_dead(silo) then
    return { 'dead' }
  end
  if leases_in_doubt() then
    return { 'restarted' }
  end
  ahead = tonumber(ms_ahead) * 1000
  has_room = {}
  promote(queue)
  if meta[2] == '1' then
    return { 'paused' }
  end
  reopen_waiting(queue)

  max = math.min(tonumber(max), lease_limit)
  idle = tonumber(idle)
  local interval = tonumber(meta[3] or nil)
  local fair = facts_of(queue).fair
  local whole = limit_of_queue(queue)
  local out = {}
  local taken = 0
  local passed = {}
  local passed_over = 0
  local rank = 0
  local rounds = 0
  local known = {}
  local more = false
  local needs_slot = false
  -- A round takes something, shuts a lane, or removes what is left over; the bound is for very many of the latter two.
  local most_rounds = max + 64
  while taken < max and rounds < most_rounds and passed_over < most_passed_over do
    local lane, score, next_score
    if interval then
      lane, score = eldest_lane(key, passed, interval)
    else
      rank = has_opened and 0 or rank
      has_opened = false
      lane, score, next_score, rank = first_lane(key, passed, rank)
    end
    if not lane then
      break
    end
    local priority, suspect, name = parse_lane(lane)
    if known[name] == nil then
      known[name] = call('SISMEMBER', prefix .. 'caps:' .. capabilities, name) == 1
    end
    local limits = limits_of(queue, lane)
    if whole then
      limits = { whole, is_limited = true, unpack(limits) }
    end
    local room, full, again = room_for(limits)
    local want = suspect == '!' and 1 or max - taken
    if limits.is_limited then
      want = math.min(want, room, idle - taken)
    end
    if full and full == whole then
      -- Nothing of this queue may start: its lanes stay where they are.
      call('ZADD', key .. ':waits', 'LT', int(again), whole.scope)
      break
    elseif full then
      rounds = rounds + 1
      shut_lane(queue, lane, score, full, again)
      pass_on(queue, lane, limits, full)
    elseif not known[name] or (suspect == '!' and (has_trial(silo) or is_others_turn(silo, queue))) then
      if known[name] then
        call('ZADD', trials .. ':' .. silo, 'NX', int(seq), queue)
      end
      passed[lane] = true
      passed_over = passed_over + 1
      more = true
      pass_on(queue, lane, limits)
    elseif limits.is_limited and not interval and not fair and comes_later(queue, lane, priority, score, limits) then
      rounds = rounds + 1
    elseif want < 1 and call('EXISTS', key .. ':l:' .. lane) == 1 then
      more = true
      needs_slot = true
      break
    else
      rounds = rounds + 1
      local bound = '+inf'
      local first_waiting_score = limits.is_limited and not interval and not fair and next_waiting(limits)
      next_score = first_waiting_score and math.min(first_waiting_score, tonumber(next_score or first_waiting_score)) or next_score
      if interval then
        want = math.min(want, most_of_an_elder)
      elseif next_score and math.floor(next_score / priority_span) == 9 - priority then
        if fair then
          want = math.min(want, 1)
        else
          -- Another lane of this priority: not past its head. The head itself is not excluded, or two lanes announced
          -- with one place (one of them is out of date then) would wait for each other for ever.
          bound = int(tonumber(next_score) - tonumber(lane_score(priority, 0)))
        end
      end
      local ids = want > 0 and first_of(key .. ':l:' .. lane, bound, want) or {}
      if #ids > 0 then
        if suspect == '!' then
          call('HSET', trials, silo, ids[1])
          call('ZREM', trials .. ':' .. silo, queue)
          call('DEL', trials .. ':' .. silo .. ':turn')
        end
        local got = lease_ids(silo, queue, lane, ids, out, limits)
        if suspect == '!' and got == 0 then
          call('HDEL', trials, silo)
        end
        taken = taken + got
      end
      settle_lane(queue, lane, priority)
      pass_on(queue, lane, limits)
    end
  end
  no_room = {}
  -- The caller has looked, but a suspect's turn may be at another silo.
  woken[queue] = woken[queue] == 'turn' and 'turn' or nil
  more = more or (taken >= max or rounds >= most_rounds) and call('ZCARD', key .. ':open') > 0
  -- When all rounds went into lanes without room, there may be others behind them: go on at once.
  local look = taken < max and rounds >= most_rounds and '0' or next_look(queue)
  return { 'ok', look, more and '1' or '0', out, needs_slot and '1' or '0', now_text }
end

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

-- handback: id, token, whether its code had begun -> ok | stale. The task goes back with its original place.
ops.handback = function(id, token, begun)
  local l = lease_of(id, token)
  if not l then
    return { 'stale' }
  end
  local t = read_task(id)
  if not t then
    call('HDEL', leases, id)
    return { 'ok' }
  end
  if is_leftover(t, l) then
    drop_leftover(t, l, id)
    return { 'ok' }
  end
  close_lease(t, l)
  if begun == '1' then
    set_started(t)
  else
    return_starts(t, l.started)
  end
  if l.cancel == '1' then
    end_apart(t, id, 'C', 'requested')
  else
    t.version = t.version + 1
    wait_again(t, id)
    write_task(t, id)
  end
  remove_lease(t, l, id)
  release_trial(l.silo, id, t.queue)
  return { 'ok' }
end

-- reoffer: id, lease line -> ok | stale. After the store has lost writes: puts back the lease of an attempt that runs. Attempts
-- that were lost with them are not counted any more. Who holds a lease is on the list, or nobody would look for it: a silo whose
-- coming was lost as well comes by this, but for what it can run.
ops.reoffer = function(id, line)
  local l = parse_lease(line)
  local held = call('HGET', leases, id)
  if held then
    return { parse_lease(held).token == l.token and 'ok' or 'stale' }
  end
  local t = read_task(id)
  if not t or is_final(t) or t.issued >= tonumber(l.token) then
    return { 'stale' }
  end
  -- The queue's limits may be older, too: what was leased without one that holds again is counted in it.
  local permits = l.permits == '-' and '' or l.permits
  for _, limit in pairs({ limit_of_queue(t.queue) or nil, unpack(limits_of(t.queue, lane_of(t))) }) do
    permits = permits .. (limit.counts and not string.find(permits, limit.letter, 1, true) and limit.letter or '')
  end
  l.permits = permits == '' and '-' or permits
  local name, key = string.match(t.lane, '^([^:]+):?([^:]*)')
  for letter in string.gmatch(permits, '[qnkN]') do
    call('SADD', prefix .. 'hold:' .. scope_of(letter, t.queue, name, key), id)
  end
  if t.crashes >= 2 and not has_trial(l.silo) then
    call('HSET', trials, l.silo, id)
  end
  l.attempt = t.attempt + 1
  call('HSET', leases, id, lease_line(l))
  if not call('HGET', silos, l.silo) then
    call('HSET', silos, l.silo, int(now) .. ' ' .. no_capabilities .. ' 0 0 0')
  end
  remove_waiting(t, id)
  return { 'ok' }
end

-- advance: sequence number -> ok, the life of the store. Ends a silo's recovery: the store counts on from what was seen of it. Neither
-- this nor reoffer draws a number: the first draw could end the recovery before the leases are back. The life comes before the
-- number: were the script cut between them, the number would still say that something was lost.
ops.advance = function(seen)
  local number = math.max(seq, tonumber(seen)) + 1
  local is_behind = number > seq + 1
  if is_behind or not is_same_life() then
    begin_life(number)
  end
  if is_behind then
    call('SET', prefix .. 'seq', int(number))
  end
  return { 'ok', life }
end
