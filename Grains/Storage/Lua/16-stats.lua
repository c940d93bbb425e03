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

-- The spans of a slot have a hash of their own, which can be read as a whole: the other one has fields for each queue.
local function spans_key(number)
  return prefix .. 'spans:' .. int(number)
end

local function add_to_slot(key, field, by)
  if call('HINCRBY', key, field, by) == by then
    call('PEXPIRE', key, (slots_kept + 2) * slot_length)
  end
end

write_counts = function()
  local number = math.floor(now / slot_length)
  local slot = slot_key(number)
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
    add_to_slot(slot, letter, by)
  end
  for letter, some in pairs(spans) do
    for half_octave, by in pairs(some) do
      add_to_slot(spans_key(number), letter .. int(half_octave), by)
    end
  end
end

-- history: queue, or '' for all; how many slots -> when the first of them began in ms, their length in ms, then five numbers for each: accepted, succeeded,
-- failed, cancelled, failed and tried again; then, for all queues alone, the spans of each as text: letter and half octave, how many, and so on. The last
-- one is not over.
ops.history = function(queue, slots)
  local last = math.floor(now / slot_length)
  local first = last - tonumber(slots) + 1
  local fields = {}
  for letter in string.gmatch(happenings, '.') do
    fields[#fields + 1] = queue == '' and letter or letter .. ':' .. queue
  end
  local out, texts = {}, {}
  for number = first, last do
    for _, value in ipairs(call('HMGET', slot_key(number), unpack(fields))) do
      out[#out + 1] = value or '0'
    end
    texts[#texts + 1] = queue == '' and table.concat(call('HGETALL', spans_key(number)), ' ') or ''
  end
  return { int(first * slot_length), int(slot_length), out, texts }
end

-- totals -> now, all counters, how many tasks have leases, how many failed attempts wait for another one, how many of these are not due, how many tasks of all
-- queues are not due
ops.totals = function()
  local running = call('HKEYS', leases)
  local waiting = call('ZCARD', retrying)
  local due_later, not_due = call('ZCOUNT', retrying, '(' .. now_text, '+inf'), 0
  for _, id in ipairs(running) do
    local due = call('ZSCORE', retrying, id)
    if due then
      -- It stays there until its attempt is over. It was due; a store that has lost a change may not know.
      waiting = waiting - 1
      due_later = due_later - (tonumber(due) > now and 1 or 0)
    end
  end
  for _, queue in ipairs(call('SMEMBERS', queues)) do
    not_due = not_due + call('ZCOUNT', queue_key(queue) .. ':due', '(' .. now_text, '+inf')
  end
  return { now_text, call('HGETALL', prefix .. 'counts'), int(#running), int(waiting), int(due_later), int(not_due) }
end

-- How many tasks of a queue may start, by its lanes, of which so many are looked at: and these lanes.
local most_lanes = 1000

local function ready_in(queue)
  local key = queue_key(queue)
  local lanes = call('ZRANGE', key .. ':open', 0, most_lanes - 1)
  local shut = call('HKEYS', key .. ':shut')
  local all = call('ZCARD', key .. ':open') + #shut
  for i = 1, math.min(#shut, most_lanes - #lanes) do
    lanes[#lanes + 1] = shut[i]
  end
  local ready = call('ZCOUNT', key .. ':due', '-inf', now_text) + all - #lanes
  for _, lane in ipairs(lanes) do
    ready = ready + call('ZCARD', key .. ':l:' .. lane)
  end
  return ready, lanes
end

-- ready: queues -> how many tasks of all of them may start (at least: one for each lane of a queue past the first thousand)
ops.ready = function(...)
  local ready = 0
  for _, queue in ipairs({ ... }) do
    ready = ready + ready_in(queue)
  end
  return { int(ready) }
end

-- How many tasks of a queue may start, since when the first of them waits, and how many are not due.
local function stand_of(queue)
  local key = queue_key(queue)
  local ready, lanes = ready_in(queue)
  local first
  for _, lane in ipairs(lanes) do
    local head = call('ZRANGE', key .. ':l:' .. lane, 0, 0)[1]
    local t = head and read_task(head)
    if t then
      local since = math.max(tonumber(t.created), t.due)
      first = first and math.min(first, since) or since
    end
  end
  return ready, first or 0, call('ZCOUNT', key .. ':due', '(' .. now_text, '+inf')
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
    local t, l = read_task(all[i]), parse_lease(all[i + 1])
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
