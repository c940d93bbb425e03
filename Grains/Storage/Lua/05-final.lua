-- Where finished tasks lie: in buckets by state, retention class and queue, which are the pages of lists and the unit of
-- pruning. A bucket's state is the state's letter, with the seconds of its class after an @ when the task asked for one.
local bucket_size = 128
local longest_span = 3600000
local buckets

-- How long a bucket is filled, and how much later than asked for its tasks may go.
local function bucket_span(state)
  local class = string.match(state, '@(%d+)$')
  return class and math.min(longest_span, math.max(15000, tonumber(class) * 250)) or longest_span
end

local function open_bucket(field, state, number)
  call('ZADD', prefix .. 'fin:' .. state, now, field .. ':' .. number)
  call('HSET', prefix .. 'fin', field, number .. ' ' .. now)
  buckets[field] = { number = number, created = now }
  return buckets[field]
end

-- The bucket that is being filled.
local function current_bucket(state, queue)
  local field = state .. ':' .. queue
  local bucket = buckets[field]
  if not bucket then
    local current = call('HGET', prefix .. 'fin', field)
    if current then
      local number, created = string.match(current, '^(%S+) (%S+)$')
      bucket = { number = tonumber(number), created = tonumber(created) }
      buckets[field] = bucket
    else
      if string.find(state, '@', 1, true) then
        call('SADD', prefix .. 'classes', state)
      end
      bucket = open_bucket(field, state, 1)
    end
  end
  if now - bucket.created > bucket_span(state) then
    bucket = open_bucket(field, state, bucket.number + 1)
  end
  return field, bucket
end

-- Of a bucket whose length this call does not know, the first id tells it.
local function add_finished(letter, class, queue, ids)
  local state = class == '-' and letter or letter .. '@' .. class
  local from = 1
  while from <= #ids do
    local field, bucket = current_bucket(state, queue)
    local to = math.min(#ids, from + (bucket.length and bucket_size - bucket.length or 1) - 1)
    bucket.length = call('RPUSH', prefix .. 'fin:' .. field .. ':' .. bucket.number, unpack(ids, from, to))
    if bucket.length >= bucket_size then
      open_bucket(field, state, bucket.number + 1)
    end
    from = to + 1
  end
  count(letter .. ':' .. queue, #ids)
  count('kept:' .. letter, #ids)
end

-- Failures, of attempts and of tasks, in groups by task name and type of error: when the last one was in the sorted set `errors`, how many there
-- were and the task of the last one beside it. So many groups are kept; the type is written first in an error.
local most_errors = 1000

local function note_error(t, id, failure)
  local group = string.match(t.lane, '^[^:]+') .. ' ' .. (string.match(failure or '', '^{"type":"([^"]*)"') or '-')
  local errors = prefix .. 'errors'
  call('HSET', errors .. ':last', group, id)
  if call('HINCRBY', errors .. ':count', group, 1) == 1 and call('ZCARD', errors) >= most_errors then
    local oldest = call('ZRANGE', errors, 0, 0)[1]
    call('ZREM', errors, oldest)
    call('HDEL', errors .. ':count', oldest)
    call('HDEL', errors .. ':last', oldest)
  end
  call('ZADD', errors, now, group)
end

-- A task that tells of another one's end is accepted just before that is written: it waits for it. A script that was cut in between does it again, with the same id.
local function accept_webhook(t, id)
  local definition = call('HGET', task_key(id), 'w')
  if definition then
    seq = call('INCRBY', prefix .. 'seq', 1)
    local before = place
    place = seq - 1
    ops.accept('taskgrid.webhook.' .. t.place .. '.' .. int(t.version), '-', 'taskgrid.webhooks', 'taskgrid.webhook', '5', '0', '0', definition)
    place = before
    woken['taskgrid.webhooks'] = true
  end
end

-- Makes a task final: into its bucket, then the record, then out of the indexes; out of where it lay by the caller.
local function write_final(t, id, state, reason, ...)
  local terms = terms_of(t, id)
  local was = t.state
  t.state = state
  t.reason = reason
  t.finished = int(now)
  t.version = t.version + 1
  add_finished(state, terms[state], t.queue, { id })
  if has(t.flags, 'w') then
    accept_webhook(t, id)
  end
  write_task(t, id, ...)
  if terms ~= no_terms then
    unbind_terms(t, id, terms)
  end
  if was == 'R' then
    call('ZREM', retrying, id)
  end
  if state == 'F' then
    local fields = { ... }
    for i = 1, #fields, 2 do
      if fields[i] == 'e' then
        note_error(t, id, fields[i + 1])
      end
    end
  end
end

-- Tasks that this call has made final apart from the end of an attempt: no silo has another way to hear of it.
local ended

at_call(function()
  buckets, ended = {}, {}
end)

local function end_apart(t, id, state, reason, ...)
  write_final(t, id, state, reason, ...)
  ended[#ended + 1] = id
end

local deadline_error = '{"type":"deadline_exceeded","message":"It was not final by its deadline."}'

-- Makes a waiting task what its terms have made of it.
local function write_fate(t, id, state)
  if state == 'C' then
    end_apart(t, id, 'C', 'expired')
  else
    end_apart(t, id, 'F', '-', 'e', deadline_error)
  end
end

-- What a task keeps of a lease that has ended.
local function close_lease(t, l)
  t.issued = tonumber(l.token)
  t.started = started_of(l)
  t.worker = l.silo
end

-- Whether the record says already how a lease ended: a script was cut after it had written the record.
local function is_leftover(t, l)
  return is_final(t) or t.issued >= tonumber(l.token)
end

local function remove_lease(t, l, id)
  call('HDEL', leases, id)
  return_permits(t.queue, t.lane, l.permits, id)
end

-- A task whose lease ends without making it final waits again. While it was leased, the instant at which its expiry or deadline
-- is looked at may have been put off.
local function wait_again(t, id)
  if has(t.flags, 'x') then
    local instant = next_instant(terms_of(t, id), has_started(t))
    if instant then
      call('ZADD', until_index, int(instant), id)
    end
  end
  add_waiting(t, id)
end

-- Removes such a lease. The index entry may have been taken for superfluous meanwhile, so it is added again.
local function drop_leftover(t, l, id)
  if not is_final(t) then
    wait_again(t, id)
  end
  remove_lease(t, l, id)
end

-- A task's lease, if it runs by it.
local function running_lease(t, id)
  local line = call('HGET', leases, id)
  local l = line and parse_lease(line)
  return l and not is_leftover(t, l) and l or nil, l
end
