-- Limits. Each has a scope, which names what it counts:
--   q:queue          all tasks of a queue        n:queue:name    those of one name in a queue
--   k:queue:key      those of one key in it      N:name          those of one name in all queues
-- `hold:scope` is the set of the leased tasks that count in a concurrency limit; a lease names the letters of its scopes, so
-- that they are let go with it. `rate:scope` is the state of a rate limit. A cut script leaves a member too many in a `hold`
-- set, never one too few: `mend` finds it.
--
-- A lane that a limit leaves no room for moves from `open` to `shut:scope`, where it costs nothing, and `q:queue:shut` says
-- which scope it waits for. `q:queue:waits` says when to look at a scope again: when the rate allows the next start, or,
-- should a permit have got lost, after some seconds. For a scope of all queues each queue waits by itself, as scope@queue, and
-- `wait:scope` has the queues that do: one that is paused must not keep what is free from the others.

-- A rate's bucket holds this much more than its burst: what a start comes late by, it may make up for, by a quarter of an interval. So
-- lateness does not add up, and no window of whole intervals has more starts than the rate and the burst allow, even when each of them
-- begins by less than the rest of an interval after its instant.
local slack = 0.25

-- How late after its instant a start may be, in intervals, and the bounds of that in ms. What can't begin by then goes back.
local latest = { share = 0.65, least = 13, most = 1000 }

local recheck = 5000
local reopened_at_once = 100

local function scope_of(letter, queue, name, key)
  if letter == 'q' then
    return 'q:' .. queue
  elseif letter == 'n' then
    return 'n:' .. queue .. ':' .. name
  elseif letter == 'k' then
    return 'k:' .. queue .. ':' .. key
  end
  return 'N:' .. name
end

-- A lane's parts: priority, '!' for suspects, task name, key or '', the key's limit that its tasks ask for or ''.
local function parse_lane(lane)
  return string.match(lane, '^(%d):(!?)([^:]+):?([^:]*):?(%d*)$')
end

-- A limit as it is configured: "concurrency interval burst", '-' for none; the interval is in microseconds. Tasks with a key count in
-- its scope whether it is limited or not: the limit that another one asks for is that of the key.
local function limit(letter, scope, text, own)
  if not text and own == '' and letter ~= 'k' then
    return nil
  end
  local concurrency, interval, burst
  if text then
    concurrency, interval, burst = string.match(text, '^(%S+) (%S+) (%S+)$')
  end
  return {
    letter = letter, scope = scope, wait = scope, interval = tonumber(interval), burst = tonumber(burst),
    concurrency = tonumber(text and concurrency or own), counts = letter == 'k' or tonumber(concurrency) ~= nil,
  }
end

local limited, lane_limits

-- Whether a queue has limits of its own, and the grid any.
local function limits_exist(queue)
  if limited[queue] == nil then
    limited[queue] = call('EXISTS', queue_key(queue) .. ':limits') == 1
  end
  if limited[''] == nil then
    limited[''] = call('EXISTS', prefix .. 'limits') == 1
  end
  return limited[queue], limited['']
end

local function configured(hash, field)
  return call('HGET', hash, field) or nil
end

-- The limits that hold for the tasks of a lane, that of the whole queue apart.
local function limits_of(queue, lane)
  local known = lane_limits[queue .. ' ' .. lane]
  if known then
    return known
  end
  local _, _, name, key, own = parse_lane(lane)
  local of_queue, of_grid = limits_exist(queue)
  local list = {}
  if of_queue or of_grid or key ~= '' then
    local here = queue_key(queue) .. ':limits'
    local text = of_queue and configured(here, 'n:' .. name) or of_grid and configured(prefix .. 'limits', 'n:' .. name)
    list[#list + 1] = limit('n', scope_of('n', queue, name), text or nil, '')
    if key ~= '' then
      text = of_queue and (configured(here, 'k:' .. key) or own == '' and configured(here, 'k'))
      list[#list + 1] = limit('k', scope_of('k', queue, name, key), text or nil, own)
    end
    text = of_grid and configured(prefix .. 'limits', 'N:' .. name)
    list[#list + 1] = limit('N', scope_of('N', queue, name), text or nil, '')
    if text then
      list[#list].wait = scope_of('N', queue, name) .. '@' .. queue
    end
  end
  for _, l in ipairs(list) do
    list.is_limited = list.is_limited or l.concurrency ~= nil or l.interval ~= nil
  end
  lane_limits[queue .. ' ' .. lane] = list
  return list
end

local function limit_of_queue(queue)
  local text = limits_exist(queue) and configured(queue_key(queue) .. ':limits', 'q')
  return text and limit('q', scope_of('q', queue), text, '')
end

-- How far ahead of its instant a start may be handed out, in microseconds: the lease at work says so. And the scopes that it has found
-- room in.
local ahead, has_room

local function keep_rate(l, used, last)
  local full = math.max(1, math.ceil((math.max(used + (l.burst + slack) * l.interval, last) - now_us) / 1000))
  call('SET', prefix .. 'rate:' .. l.scope, int(math.floor(used)) .. ' ' .. int(math.floor(last)), 'PX', int(full))
end

-- The theoretical instant up to which a rate's starts are used, never longer before an instant than its bucket holds; and the last
-- instant that was given out.
local function rate_state(l)
  local kept = call('GET', prefix .. 'rate:' .. l.scope)
  if not kept then
    return now_us - l.burst * l.interval, 0
  end
  local used, last = string.match(kept, '^(%S+) (%S+)$')
  used, last = tonumber(used), tonumber(last)
  if last > now_us + 1000000 then
    -- No instant is given out so far ahead: the clock has gone back. What would have to wait for as long begins with an empty bucket.
    used, last = math.min(used, now_us), now_us
    keep_rate(l, used, last)
  end
  return math.max(used, now_us - (l.burst + slack) * l.interval), last
end

-- How many more may be leased now, and when to look again if none may. Starts of a rate are handed out when there is half of the time
-- left by which they may be, and then all that are within the whole of it: those of a fast rate go together.
local function room_in(l)
  local room = math.huge
  local again = now + recheck
  if l.concurrency then
    room = l.concurrency - call('SCARD', prefix .. 'hold:' .. l.scope)
  end
  if l.interval and room > 0 then
    local used = rate_state(l)
    if has_room[l.scope] or used + l.interval <= now_us + ahead / 2 then
      has_room[l.scope] = true
      room = math.min(room, math.floor((now_us + ahead - used) / l.interval))
    else
      room = 0
    end
    again = math.ceil((used + l.interval - ahead / 2) / 1000)
  end
  return room, again
end

-- Counts tasks that are about to be leased, before their leases are written. For tasks with a rate it returns the instants at which they
-- may begin, and how late they may; in ms.
local function take_room(limits, ids)
  local rates = {}
  for _, l in ipairs(limits) do
    if l.counts then
      call('SADD', prefix .. 'hold:' .. l.scope, unpack(ids))
    end
    if l.interval then
      rates[#rates + 1] = { limit = l }
      rates[#rates].used, rates[#rates].last = rate_state(l)
    end
  end
  if #rates == 0 then
    return nil
  end
  local instants = {}
  for i = 1, #ids do
    local at = now_us
    for _, r in ipairs(rates) do
      at = math.max(at, r.used + r.limit.interval)
    end
    for _, r in ipairs(rates) do
      r.used = math.max(r.used, at - (r.limit.burst + slack) * r.limit.interval) + r.limit.interval
      r.last = at
    end
    instants[i] = int(math.ceil(at / 1000))
  end
  local late = latest.most
  for _, r in ipairs(rates) do
    keep_rate(r.limit, r.used, r.last)
    late = math.min(late, math.max(latest.least, math.floor(latest.share * r.limit.interval / 1000)))
  end
  return instants, int(late)
end

-- Gives back a start that was counted and did not take place, when it is the last one that was given out. An earlier one is lost: those
-- that came after it have their instants, and none between them could be taken without being one too many.
local function return_starts(t, started)
  local of_queue, of_grid = limits_exist(t.queue)
  if not of_queue and not of_grid then
    return
  end
  local limits = { limit_of_queue(t.queue) or nil, unpack(limits_of(t.queue, lane_of(t))) }
  for _, l in pairs(limits) do
    if l.interval and call('EXISTS', prefix .. 'rate:' .. l.scope) == 1 then
      local used, last = rate_state(l)
      if tonumber(started) >= math.ceil(last / 1000) then
        keep_rate(l, used - l.interval, last)
      end
      if call('ZSCORE', queue_key(t.queue) .. ':waits', l.wait) then
        call('ZADD', queue_key(t.queue) .. ':waits', 'LT', now_text, l.wait)
      end
    end
  end
end

-- Lanes that the lease at work has found no room for: it does not look at them again.
local no_room

-- Whether a lane has been opened since it was last asked: one that comes before others that have been looked at already.
local has_opened

at_call(function()
  limited, lane_limits, ahead, has_room, no_room, has_opened = {}, {}, 0, {}, {}, false
end)

-- The first lane that waits for a scope, of those that may be looked at: as it is kept, and its score.
local function first_waiting(wait)
  local skipped = 0
  while true do
    local first = call('ZRANGE', prefix .. 'shut:' .. wait, skipped, skipped, 'WITHSCORES')
    if not first[1] or not no_room[first[1]] then
      return first[1], first[2]
    end
    skipped = skipped + 1
  end
end

-- Lets lanes that wait for a scope be looked at again, those that come first. Lanes that have become empty do not count, or the room
-- would be lost on them.
local function reopen(wait, count)
  for _ = 1, count + reopened_at_once do
    local waiting, score = first_waiting(wait)
    if count < 1 or not waiting then
      return
    end
    local queue, lane = string.match(waiting, '^(%S+) (%S+)$')
    if call('EXISTS', queue_key(queue) .. ':l:' .. lane) == 1 then
      call('ZADD', queue_key(queue) .. ':open', 'LT', score, lane)
      has_opened = true
      count = count - 1
      woken[queue] = true
    end
    call('HDEL', queue_key(queue) .. ':shut', lane)
    call('ZREM', prefix .. 'shut:' .. wait, waiting)
    announced[queue_key(queue) .. lane] = nil
  end
end

-- Moves a lane out of the way of the others, until there is room in a limit.
local function shut_lane(queue, lane, score, l, again)
  local key = queue_key(queue)
  if l.wait ~= l.scope then
    call('SADD', prefix .. 'wait:' .. l.scope, queue)
  end
  call('ZADD', key .. ':waits', 'LT', int(again), l.wait)
  call('ZADD', prefix .. 'shut:' .. l.wait, score, queue .. ' ' .. lane)
  call('HSET', key .. ':shut', lane, l.wait)
  call('ZREM', key .. ':open', lane)
  facts_of(queue).shut = true
  no_room[queue .. ' ' .. lane] = true
end

-- A lane was served, or shut for want of room in one of its limits, or is nothing for this silo: what room there is is passed on to
-- lanes that wait for the same limits, for the lane may have been reopened for it. Lanes of one key can ask for different limits or for
-- none, so that one of them may have room where another has not.
local function pass_on(queue, lane, limits, full)
  for _, l in ipairs(limits) do
    if l ~= full and l.letter ~= 'k' and room_in(l) >= 1 then
      reopen(l.wait, 1)
    end
  end
  local _, _, name, key = parse_lane(lane)
  if key ~= '' then
    reopen(scope_of('k', queue, name, key), 1)
  end
end

-- Lets go of what an ended lease was counted in, after the lease is gone.
local function return_permits(queue, lane, permits, id)
  if permits == '-' then
    return
  end
  local name, key = string.match(lane, '^([^:]+):?([^:]*)')
  for letter in string.gmatch(permits, '.') do
    local scope = scope_of(letter, queue, name, key)
    call('SREM', prefix .. 'hold:' .. scope, id)
    if letter == 'N' then
      -- Some of the queues that wait, by chance; the others look again by themselves.
      for _, waiting in ipairs(call('SRANDMEMBER', prefix .. 'wait:' .. scope, 4)) do
        reopen(scope .. '@' .. waiting, 1)
        if call('EXISTS', prefix .. 'shut:' .. scope .. '@' .. waiting) == 0 then
          call('SREM', prefix .. 'wait:' .. scope, waiting)
        end
      end
    else
      reopen(scope, 1)
    end
  end
  woken[queue] = true
end

-- Removes from a scope what is not leased any more: left over from a cut script.
local function mend(scope)
  local letter = string.sub(scope, 1, 1)
  local gone = {}
  local ids = call('SMEMBERS', prefix .. 'hold:' .. scope)
  for i = 1, #ids do
    local line = call('HGET', leases, ids[i])
    if not line or not string.find(parse_lease(line).permits, letter, 1, true) then
      gone[#gone + 1] = ids[i]
    end
  end
  for _, id in ipairs(gone) do
    call('SREM', prefix .. 'hold:' .. scope, id)
  end
end

-- The limit that the first lane waiting for a scope waits for; nil when it has been lifted.
local function limit_waited_for(scope)
  local first = call('ZRANGE', prefix .. 'shut:' .. scope, 0, 0)[1]
  if not first then
    return nil, false
  end
  local queue, lane = string.match(first, '^(%S+) (%S+)$')
  for _, l in ipairs(limits_of(queue, lane)) do
    if l.wait == scope then
      return l, true
    end
  end
  return nil, true
end

-- Looks at the scopes of a queue whose time has come.
local function reopen_waiting(queue)
  local key = queue_key(queue) .. ':waits'
  for _, scope in ipairs(call('ZRANGEBYSCORE', key, '-inf', int(now), 'LIMIT', 0, 20)) do
    local l, waits = limit_waited_for(scope)
    if string.sub(scope, 1, 2) == 'q:' then
      -- No lane waits for the limit of a whole queue: the queue does.
      mend(scope)
      call('ZREM', key, scope)
    elseif not waits then
      call('ZREM', key, scope)
    else
      if l and l.concurrency then
        mend(l.scope)
      end
      local room, again = reopened_at_once, now
      if l then
        room, again = room_in(l)
      end
      -- First the next look, then the lanes: cut in between, they are still found.
      call('ZADD', key, int(math.max(again, now + 1)), scope)
      if room >= 1 or l.letter == 'k' then
        reopen(scope, math.max(1, math.min(room, reopened_at_once)))
      end
    end
  end
end

-- What waits for a limit is looked at soon, whatever its time was.
local function look_at_waits(queue)
  local key = queue_key(queue) .. ':waits'
  for _, scope in ipairs(call('ZRANGE', key, 0, 999)) do
    call('ZADD', key, 'LT', now_text, scope)
  end
  woken[queue] = true
end

-- Milliseconds until something of a queue has to be looked at: a task becomes due, or a limit leaves room. -1: never.
local function next_look(queue)
  local key = queue_key(queue)
  local due = call('ZRANGE', key .. ':due', 0, 0, 'WITHSCORES')[2]
  local waits = call('ZRANGE', key .. ':waits', 0, 0, 'WITHSCORES')[2]
  local first = due and waits and math.min(tonumber(due), tonumber(waits)) or tonumber(due or waits or nil)
  return first and int(math.max(0, first - now)) or '-1'
end

-- Counts in new limits what is leased already: a limit that is set while tasks run holds for them, too. Each new limit is a letter and a
-- function that says for whom it is; all of them take one walk through the leases.
local function count_running(new)
  if #new == 0 then
    return
  end
  local all = call('HGETALL', leases)
  for i = 1, #all, 2 do
    local id = all[i]
    local l = parse_lease(all[i + 1])
    local t = read_task(id)
    local before = l.permits
    for _, limit in ipairs(t and new or {}) do
      local name, key = string.match(t.lane, '^([^:]+):?([^:]*)')
      if not string.find(l.permits, limit.letter, 1, true) and (limit.letter ~= 'k' or key ~= '') and limit.is_for(t.queue, name, key) then
        call('SADD', prefix .. 'hold:' .. scope_of(limit.letter, t.queue, name, key), id)
        l.permits = l.permits == '-' and limit.letter or l.permits .. limit.letter
      end
    end
    if l.permits ~= before then
      call('HSET', leases, id, lease_line(l))
    end
  end
end

-- After a change of limits: what this call has read of them does not hold any more.
local function forget_limits()
  limited = {}
  lane_limits = {}
end
