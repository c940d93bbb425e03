-- Figures: what is counted, for ever and for each ten seconds of the last hour, and how the queues stand.
local write_counts

do

local slot_length = 10000
local slots_kept = 360
-- What a slot has, of all queues together and of each.
local happenings = 'ASFCR'

local function slot_key(number)
  return prefix .. 'stat:' .. int(number)
end

write_counts = function()
  local slot = slot_key(math.floor(now / slot_length))
  local sums = {}
  for field, by in pairs(counts) do
    call('HINCRBY', prefix .. 'counts', field, by)
    local letter = string.match(field, '^([ASFCR]):')
    if letter then
      sums[letter] = (sums[letter] or 0) + by
      call('HINCRBY', slot, field, by)
    end
  end
  for letter, by in pairs(sums) do
    if call('HINCRBY', slot, letter, by) == by then
      call('PEXPIRE', slot, (slots_kept + 2) * slot_length)
    end
  end
end

-- history: queue, or '' for all; how many slots -> when the first of them began in ms, their length in ms, then five numbers for each: accepted, succeeded,
-- failed, cancelled, failed and tried again. The last one is not over.
ops.history = function(queue, slots)
  local last = math.floor(now / slot_length)
  local first = last - tonumber(slots) + 1
  local fields = {}
  for letter in string.gmatch(happenings, '.') do
    fields[#fields + 1] = queue == '' and letter or letter .. ':' .. queue
  end
  local out = {}
  for number = first, last do
    for _, value in ipairs(call('HMGET', slot_key(number), unpack(fields))) do
      out[#out + 1] = value or '0'
    end
  end
  return { int(first * slot_length), int(slot_length), out }
end

-- totals -> now, all counters, how many tasks have leases, how many failed attempts wait for another one
ops.totals = function()
  local running = call('HKEYS', leases)
  local waiting = call('ZCARD', retrying)
  for _, id in ipairs(running) do
    -- It stays there until its attempt is over.
    if call('ZSCORE', retrying, id) then
      waiting = waiting - 1
    end
  end
  return { now_text, call('HGETALL', prefix .. 'counts'), int(#running), int(waiting) }
end

-- How many tasks of a queue may start, and since when the first of them waits: by its lanes, of which so many are looked at.
local most_lanes = 1000

local function stand_of(queue)
  local key = queue_key(queue)
  local ready = call('ZCOUNT', key .. ':due', '-inf', int(now))
  local first
  local function look(lane)
    ready = ready + call('ZCARD', key .. ':l:' .. lane)
    local head = call('ZRANGE', key .. ':l:' .. lane, 0, 0)[1]
    local t = head and call('HGET', task_key(head), 's')
    t = t and parse(t)
    if t then
      local since = math.max(tonumber(t.created), t.due)
      first = first and math.min(first, since) or since
    end
  end
  local lanes = 0
  for _, lane in ipairs(call('ZRANGE', key .. ':open', 0, most_lanes - 1)) do
    lanes = lanes + 1
    look(lane)
  end
  local shut = call('HKEYS', key .. ':shut')
  for i = 1, math.min(#shut, most_lanes - lanes) do
    look(shut[i])
  end
  local unseen = call('ZCARD', key .. ':open') + #shut - math.min(most_lanes, lanes + #shut)
  return ready + unseen, first or 0, call('ZCOUNT', key .. ':due', '(' .. int(now), '+inf')
end

-- What has happened in a queue in the last full minute: accepted, succeeded, failed.
local function minute_of(queue)
  local sums = { 0, 0, 0 }
  local last = math.floor(now / slot_length)
  for number = last - 6, last - 1 do
    local found = call('HMGET', slot_key(number), 'A:' .. queue, 'S:' .. queue, 'F:' .. queue)
    for i = 1, 3 do
      sums[i] = sums[i] + tonumber(found[i] or '0')
    end
  end
  return sums
end

-- stand: queues -> for each: settings ('' for none), whether it is paused, revision, open lanes, shut lanes, how many tasks may start (at least: one for each
-- lane past the first thousand), since when the first of them waits in ms (0: none), how many are not due; accepted, succeeded, failed in the last minute
ops.stand = function(...)
  local out = {}
  for _, queue in ipairs({ ... }) do
    local key = queue_key(queue)
    local meta = call('HMGET', key, 'settings', 'paused', 'revision')
    local ready, first, later = stand_of(queue)
    local minute = minute_of(queue)
    for _, word in ipairs({
      meta[1] or '', meta[2] or '0', meta[3] or '0', int(call('ZCARD', key .. ':open')), int(call('HLEN', key .. ':shut')),
      int(ready), int(first), int(later), int(minute[1]), int(minute[2]), int(minute[3]),
    }) do
      out[#out + 1] = word
    end
  end
  return { out }
end

-- running -> list of id, queue, task name, silo, attempt, when it began in ms, of all leases
ops.running = function()
  local out = {}
  local all = call('HGETALL', leases)
  for i = 1, #all, 2 do
    local line = call('HGET', task_key(all[i]), 's')
    local t, l = line and parse(line), parse_lease(all[i + 1])
    if t and not is_leftover(t, l) then
      for _, word in ipairs({ all[i], t.queue, string.match(t.lane, '^[^:]+'), l.silo, l.attempt, l.started }) do
        out[#out + 1] = word
      end
    end
  end
  return { out }
end

-- errors: how many at most -> list of task name and type of error, when it was last, how often, the task of the last time; the last one first
ops.errors = function(most)
  local out = {}
  local found = call('ZREVRANGEBYSCORE', prefix .. 'errors', '+inf', '-inf', 'WITHSCORES', 'LIMIT', 0, most)
  for i = 1, #found, 2 do
    out[#out + 1] = found[i]
    out[#out + 1] = int(tonumber(found[i + 1]))
    out[#out + 1] = call('HGET', prefix .. 'errors:count', found[i]) or '0'
    out[#out + 1] = call('HGET', prefix .. 'errors:last', found[i]) or ''
  end
  return { out }
end

-- types -> list of task name, description, how many silos run it; of those that any does
ops.types = function()
  local live = {}
  local all = call('HGETALL', silos)
  for i = 1, #all, 2 do
    local beat, capabilities = string.match(all[i + 1], '^(%S+) (%S+)')
    if beat ~= 'dead' then
      live[capabilities] = (live[capabilities] or 0) + 1
    end
  end
  local running = {}
  for capabilities, number in pairs(live) do
    for _, name in ipairs(call('SMEMBERS', prefix .. 'caps:' .. capabilities)) do
      running[name] = (running[name] or 0) + number
    end
  end
  local out = {}
  for name, number in pairs(running) do
    local description = call('HGET', prefix .. 'tasks', name)
    if description then
      out[#out + 1] = name
      out[#out + 1] = description
      out[#out + 1] = int(number)
    end
  end
  return { out }
end

end
