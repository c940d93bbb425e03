-- Where unfinished tasks lie: in the lane of a queue when ready, in the queue's due set when not due, in `leases` when
-- leased. Where finished ones lie: in buckets, which are the pages of lists and the unit of pruning.

-- Priority 9 comes first; within a priority the lane whose head was accepted first. 2^49 places fit below a priority.
local function lane_score(priority, head)
  return int((9 - tonumber(priority)) * 562949953421312 + tonumber(head))
end

-- A suspect (see lapse) waits in a lane of its own, of which a silo gets one at a time.
local function lane_of(t)
  if t.crashes >= 2 then
    return t.priority .. ':!' .. t.lane
  end
  return t.priority .. ':' .. t.lane
end

-- The lowest head that this call has already announced for a lane, so that a batch announces it once.
local announced = {}

-- The index entry of an unfinished task that is not leased: before the record is written.
local function add_ready(t, id)
  local lane = lane_of(t)
  local key = queue_key(t.queue)
  local head = announced[key .. lane]
  if not head or head > tonumber(t.place) then
    call('ZADD', key .. ':open', 'LT', lane_score(t.priority, t.place), lane)
    announced[key .. lane] = tonumber(t.place)
  end
  call('ZADD', key .. ':l:' .. lane, t.place, id)
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

local bucket_size = 128
local bucket_span = 3600000
local buckets = {}
local counts = {}

local function open_bucket(field, state, number)
  call('ZADD', prefix .. 'fin:' .. state, now, field .. ':' .. number)
  call('HSET', prefix .. 'fin', field, number .. ' ' .. now)
  buckets[field] = { number = number, created = now }
  return buckets[field]
end

local function add_finished(t, id)
  local field = t.state .. ':' .. t.queue
  local bucket = buckets[field]
  if not bucket then
    local current = call('HGET', prefix .. 'fin', field)
    if current then
      local number, created = string.match(current, '^(%S+) (%S+)$')
      bucket = { number = tonumber(number), created = tonumber(created) }
      buckets[field] = bucket
    else
      bucket = open_bucket(field, t.state, 1)
    end
  end
  if now - bucket.created > bucket_span then
    bucket = open_bucket(field, t.state, bucket.number + 1)
  end
  local length = call('RPUSH', prefix .. 'fin:' .. field .. ':' .. bucket.number, id)
  if length >= bucket_size then
    open_bucket(field, t.state, bucket.number + 1)
  end
  counts[field] = (counts[field] or 0) + 1
end

local function release_trial(silo, id)
  if call('HGET', trials, silo) == id then
    call('HDEL', trials, silo)
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

-- Makes a task final: into its bucket, then the record, then (by the caller) out of where it lay.
local function write_final(t, id, state, reason, ...)
  t.state = state
  t.reason = reason
  t.finished = int(now)
  t.version = t.version + 1
  add_finished(t, id)
  call('HSET', task_key(id), 's', line_of(t), ...)
end

-- What a task keeps of a lease that has ended.
local function close_lease(t, l)
  t.issued = tonumber(l.token)
  t.started = l.started
  t.worker = l.silo
end

-- Whether the record says already how a lease ended: a script was cut after it had written the record.
local function is_leftover(t, l)
  return is_final(t) or t.issued >= tonumber(l.token)
end

-- Removes such a lease. The index entry may have been taken for superfluous meanwhile, so it is added again.
local function drop_leftover(t, id)
  if not is_final(t) then
    add_waiting(t, id)
  end
  call('HDEL', leases, id)
end
