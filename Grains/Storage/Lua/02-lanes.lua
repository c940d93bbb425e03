-- Where unfinished tasks lie: in a lane of a queue when ready, in the queue's due set when not due, in `leases` when leased.
-- A lane is announced in the queue's `open` set, or, when a limit leaves no room for it, in `shut` (see 03-limits).

-- Priority 9 comes first. Within a priority comes first the lane whose head was accepted first, or, in a fair queue, the one
-- whose turn it is. 2^49 places fit below a priority.
local priority_span = 562949953421312

local function lane_score(priority, head)
  return int((9 - tonumber(priority)) * priority_span + tonumber(head))
end

-- A suspect (see lapse) waits in a lane of its own, of which a silo gets one at a time.
local function lane_of(t)
  if t.crashes >= 2 then
    return t.priority .. ':!' .. t.lane
  end
  return t.priority .. ':' .. t.lane
end

-- The first of a sorted set, up to a score. Garnet gathers all up to that score before it takes the first few of them: with a million of them that
-- would be most of its time. By rank it doesn't.
local function first_of(key, bound, most)
  local rank = int(most - 1)
  local last = bound ~= '+inf' and call('ZRANGE', key, rank, rank, 'WITHSCORES')[2]
  if bound == '+inf' or last and tonumber(last) <= tonumber(bound) then
    return call('ZRANGE', key, 0, rank)
  end
  return call('ZRANGEBYSCORE', key, '-inf', bound, 'LIMIT', 0, most)
end

-- What is counted, written at the end of a call: what has happened, by its letter (A accepted, S, F and C ended so, R failed and tried again) and
-- queue; what is kept of final tasks, by their state; and results that came too late.
local counts

local function count(field, by)
  counts[field] = (counts[field] or 0) + by
end

-- The attempts that have come to an end in this call, counted by how long their tasks had waited for them (w) and how long they ran (r): see 09-finish.
-- Written at the end of a call as well.
local spans

-- Queues in which this call has opened a lane, or freed a permit: their dispatchers have to look again.
local woken

-- What accepting needs to know of a queue, read once a call.
local facts

local function facts_of(queue)
  local f = facts[queue]
  if not f then
    f = { fair = call('HGET', queue_key(queue), 'fair') == '1', shut = call('EXISTS', queue_key(queue) .. ':shut') == 1 }
    facts[queue] = f
  end
  return f
end

-- The end of the line of a fair queue.
local function next_turn(queue)
  return call('HINCRBY', queue_key(queue), 'turn', 1)
end

-- The lowest head that this call has already announced for a lane, so that a batch announces it once.
local announced

at_call(function()
  counts, spans, woken, facts, announced = {}, { w = {}, r = {} }, {}, {}, {}
end)

-- A task that comes before all that a lane without room had, a retry for instance: what room there is may have gone to a lane that
-- comes after it, so it is looked at again.
local function put_first(queue, lane, scope, score)
  local key = queue_key(queue)
  local waiting = queue .. ' ' .. lane
  local before = call('ZSCORE', prefix .. 'shut:' .. scope, waiting)
  if not before or tonumber(score) < tonumber(before) then
    call('ZADD', key .. ':open', 'LT', score, lane)
    call('HDEL', key .. ':shut', lane)
    call('ZREM', prefix .. 'shut:' .. scope, waiting)
  end
end

local function announce(queue, lane, priority, place)
  local key = queue_key(queue)
  local f = facts_of(queue)
  local scope = f.shut and call('HGET', key .. ':shut', lane)
  if scope then
    if not f.fair then
      put_first(queue, lane, scope, lane_score(priority, place))
    end
  elseif not f.fair then
    call('ZADD', key .. ':open', 'LT', lane_score(priority, place), lane)
  elseif not call('ZSCORE', key .. ':open', lane) then
    call('ZADD', key .. ':open', lane_score(priority, next_turn(queue)), lane)
  end
end

local function announce_once(t)
  local lane = lane_of(t)
  local key = queue_key(t.queue) .. lane
  local head = announced[key]
  if not head or head > tonumber(t.place) then
    announce(t.queue, lane, t.priority, t.place)
    announced[key] = tonumber(t.place)
  end
end

-- The index entry of an unfinished task that is not leased: before the record is written.
local function add_ready(t, id)
  announce_once(t)
  call('ZADD', queue_key(t.queue) .. ':l:' .. lane_of(t), t.place, id)
end

local function add_waiting(t, id)
  if t.due > now then
    call('ZADD', queue_key(t.queue) .. ':due', int(t.due), id)
  else
    add_ready(t, id)
  end
end

local function remove_waiting(t, id)
  local key = queue_key(t.queue)
  call('ZREM', key .. ':due', id)
  call('ZREM', key .. ':l:' .. lane_of(t), id)
end

-- Sets a lane's place among the open ones to its true head, or closes it when it is empty. In a fair queue it goes to the end
-- of the line.
local function settle_lane(queue, lane, priority)
  local key = queue_key(queue)
  announced[key .. lane] = nil
  local head = call('ZRANGE', key .. ':l:' .. lane, 0, 0, 'WITHSCORES')
  if head[2] then
    call('ZADD', key .. ':open', lane_score(priority, facts_of(queue).fair and next_turn(queue) or head[2]), lane)
  else
    call('ZREM', key .. ':open', lane)
  end
end

-- `trials` has the suspect that each silo runs, and with ':' and its name the queues whose suspects wait for that one's end, as they came.
-- The queue that has waited longest comes next, but for the one whose suspect has ended: it asks again before anybody else, and would have the
-- next as well. For two seconds no other one takes the place of the queue that is told: one that leases without pause would be there first.
local function release_trial(silo, id, of)
  if call('HGET', trials, silo) == id then
    call('HDEL', trials, silo)
    local line = trials .. ':' .. silo
    local first = call('ZRANGE', line, 0, 1)
    local queue = first[1] == of and first[2] or first[1]
    if queue then
      call('ZREM', line, queue)
      call('SET', line .. ':turn', int(now + 2000) .. ' ' .. queue)
      woken[queue] = 'turn'
    end
  end
end

-- Whether a silo runs a suspect now. An entry whose lease is gone is left over from a cut script.
local function has_trial(silo)
  local id = call('HGET', trials, silo)
  if not id then
    return false
  end
  local line = call('HGET', leases, id)
  if line and parse_lease(line).silo == silo then
    return true
  end
  call('HDEL', trials, silo)
  return false
end
