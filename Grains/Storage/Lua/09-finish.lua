-- In a block of its own, since Lua has no more than 200 locals at a time.
do

-- Spans are counted by half octaves, so that few numbers tell of any span with the same accuracy: number k has those of m ms with
-- 2^(k/2) <= m + 1 < 2^((k+1)/2). The logarithm of a power of two may come out a little below it.
local half_octaves = 2.885390081777927 -- 2 / ln 2; no library is there while a function is loaded

local function note_span(of, ms)
  local number = math.floor(math.log(math.max(0, ms) + 1) * half_octaves + 1e-9)
  of[number] = (of[number] or 0) + 1
end

-- An attempt has come to an end of its own: how long its task has waited for it since it could run, and how long it ran.
local function note_spans(due, created, started)
  started = tonumber(started)
  note_span(spans.w, started - math.max(tonumber(due), tonumber(created)))
  note_span(spans.r, now - started)
end

-- What ending a task needs of its state: state, version, attempt, interruptions, issued, forgiven, flags; due, created, queue; hash.
local attempt_ending = '^(%S) (%S+) (%S+) (%S+) %S+ (%S+) %S+ %S+ %S+ %S+ (%S+) (%S+)$'
local identity_ending = '^%S+ %S+ (%S+) (%S+) (%S+)'
local rest_ending = '^%S+'

-- The usual end of a task, at a third of the price of reading and writing its whole state: one that leaves no work behind,
-- of a plain task, with a lease that the record does not know the end of and that counts in no limit. What there is to write: queue, fields s and k, whether it
-- had failed before; nil when it is anything else.
local function usual_end(l, s, i, k)
  local ended = s == fresh and l.ended
  local has_failed = false
  if not ended then
    local state, version, attempt, interruptions, issued, forgiven, flags = string.match(s, attempt_ending)
    if (state ~= 'W' and state ~= 'R') or interruptions ~= '0' or flags ~= '-' or l.permits ~= '-' or tonumber(issued) >= tonumber(l.token) then
      return nil
    end
    has_failed = state == 'R'
    ended = table.concat({ 'S', version + 1, attempt + 1, '0 0', l.token, '=', started_of(l), now_text, '-', forgiven, flags }, ' ')
    -- Others that were leased with it have the same line.
    l.ended = s == fresh and ended or nil
  end
  local due, created, queue = string.match(i, identity_ending)
  note_spans(due, created, started_of(l))
  return queue, ended, string.match(k, rest_ending) .. ' ' .. l.silo, has_failed
end

-- Successes that end tasks in the usual way: into the buckets, then the records, then the leases.
local function end_all(ends)
  local by_queue, ids = {}, {}
  for i, e in ipairs(ends) do
    by_queue[e.queue] = by_queue[e.queue] or {}
    table.insert(by_queue[e.queue], e.id)
    ids[i] = e.id
  end
  for queue, some in pairs(by_queue) do
    add_finished('S', '-', queue, some)
  end
  for _, e in ipairs(ends) do
    call('HSET', task_key(e.id), 's', e.s, 'k', e.k, 'r', e.result)
    if e.has_failed then
      call('ZREM', retrying, e.id)
    end
  end
  call('HDEL', leases, unpack(ids))
end

-- Successes that end their tasks in the usual way; all else is done by itself.
groups.finish = { arguments = '4', run = function(argv, at)
  local replies = {}
  local ids, numbers, seen = {}, {}, {}
  for n, a in ipairs(at) do
    local id = argv[a]
    if argv[a + 3] ~= '' and not seen[id] then
      ids[#ids + 1] = id
      numbers[#numbers + 1] = n
    end
    seen[id] = true
  end
  if #ids < 2 then
    return replies
  end

  local ends, parsed = {}, {}
  local held = call('HMGET', leases, unpack(ids))
  for i, n in ipairs(numbers) do
    local a = at[n]
    local l = held[i] and (parsed[held[i]] or parse_lease(held[i]))
    if l then
      parsed[held[i]] = l
    end
    local found = l and l.token == argv[a + 1] and call('HMGET', task_key(ids[i]), 's', 'i', 'k')
    if found and found[1] then
      local queue, ended, rest, has_failed = usual_end(l, found[1], found[2], found[3])
      if queue then
        ends[#ends + 1] = { id = ids[i], queue = queue, s = ended, k = rest, result = argv[a + 3], has_failed = has_failed }
        replies[n] = { 'ok', 'S' }
      end
    end
  end
  if #ends > 0 then
    end_all(ends)
  end
  return replies
end }

-- finish: id, token, outcome (S, F, C, R, or Z: snoozed, which counts nothing), result, delay until the next run in ms, reason,
-- error, attempts ('' where there is none; a success ends with its result) -> ok, state, due | already, state | stale | restarted
-- A task whose cancel was asked for is cancelled unless it has succeeded; one that would run again past its deadline has failed.
ops.finish = function(id, token, outcome, result, delay, reason, failure, attempts)
  local key = task_key(id)
  local l = lease_of(id, token)
  local found = call('HMGET', key, 's', 'i', 'k')
  if outcome == 'S' and l and found[1] and result ~= '' and not failure then
    local queue, ended, rest, has_failed = usual_end(l, found[1], found[2], found[3])
    if queue then
      end_all({ { id = id, queue = queue, s = ended, k = rest, result = result, has_failed = has_failed } })
      return { 'ok', outcome }
    end
  end
  local t = found[1] and parse(found[1], found[2], found[3])
  if not l or not t or is_leftover(t, l) then
    if l and t then
      drop_leftover(t, l, id)
    end
    if t and int(t.applied) == token then
      return { 'already', t.state }
    end
    -- The lease may be among what the store has lost: its silo can offer it again, and then this outcome.
    if not l and leases_in_doubt() then
      return { 'restarted' }
    end
    count('stale', 1)
    return { 'stale' }
  end

  close_lease(t, l)
  t.applied = t.issued
  t.crashes = 0
  local terms = terms_of(t, id)
  if outcome ~= 'Z' then
    t.attempt = t.attempt + 1
  end
  if l.cancel == '1' and outcome ~= 'S' and outcome ~= 'C' then
    outcome = 'C'
    reason = 'requested'
  elseif (outcome == 'R' or outcome == 'Z') and terms.deadline > 0 and now + tonumber(delay) >= terms.deadline then
    failure = failure ~= '' and failure or deadline_error
    outcome = 'F'
    reason = 'deadline_exceeded'
  end
  if outcome ~= 'Z' and outcome ~= 'C' then
    note_spans(t.due, t.created, t.started)
  end

  local fields = {}
  if result ~= '' then
    fields[#fields + 1] = 'r'
    fields[#fields + 1] = result
  end
  if failure and failure ~= '' then
    fields[#fields + 1] = 'e'
    fields[#fields + 1] = failure
  end
  if attempts and attempts ~= '' then
    fields[#fields + 1] = 'a'
    fields[#fields + 1] = attempts
  end

  if outcome == 'R' or outcome == 'Z' then
    t.state = outcome == 'R' and 'R' or t.state
    if outcome == 'Z' then
      set_started(t)
    end
    t.due = now + tonumber(delay)
    t.version = t.version + 1
    if t.state == 'R' then
      call('ZADD', retrying, int(t.due), id)
    end
    if outcome == 'R' then
      count('R:' .. t.queue, 1)
      note_error(t, id, failure)
    end
    wait_again(t, id)
    write_task(t, id, unpack(fields))
  else
    write_final(t, id, outcome, reason or '-', unpack(fields))
  end
  remove_lease(t, l, id)
  if t.interruptions > 0 then
    release_trial(l.silo, id, t.queue)
  end
  return { 'ok', t.state }
end

end

-- progress: id, token, value -> ok | stale
ops.progress = function(id, token, value)
  if not lease_of(id, token) then
    return { 'stale' }
  end
  call('HSET', task_key(id), 'p', value)
  return { 'ok' }
end

local log_length = 200

-- log: id, token, lines... -> ok | stale
ops.log = function(id, token, ...)
  if not lease_of(id, token) then
    return { 'stale' }
  end
  -- Lines have numbers, so that who reads on knows what is new.
  call('HINCRBY', task_key(id), 'n', select('#', ...))
  call('RPUSH', prefix .. 'log:' .. id, ...)
  call('LTRIM', prefix .. 'log:' .. id, -log_length, -1)
  return { 'ok' }
end

local interrupted_error = '{"type":"interrupted","message":"The process that ran it died, and it is delivered at most once."}'

-- lapse: id, token, crash limit -> ok, what became of it (W, R, C or F) | stale. The silo that held the lease is dead.
-- Its begun tasks become suspects: at once they run again, from the second death on in a lane of which each silo gets
-- one at a time, so that the culprit dies alone; at the limit it is failed.
ops.lapse = function(id, token, limit)
  local l = lease_of(id, token)
  if not l or not is_dead(l.silo) then
    return { 'stale' }
  end
  local t = read_task(id)
  if not t then
    call('HDEL', leases, id)
    return { 'ok', '-' }
  end
  if is_leftover(t, l) then
    drop_leftover(t, l, id)
    return { 'ok', t.state }
  end
  close_lease(t, l)
  if l.begun == '1' then
    set_started(t)
    t.interruptions = t.interruptions + 1
    t.crashes = t.crashes + 1
  end
  if l.cancel == '1' then
    end_apart(t, id, 'C', 'requested')
  elseif l.begun == '1' and has(t.flags, 'm') then
    t.attempt = t.attempt + 1
    end_apart(t, id, 'F', '-', 'e', interrupted_error)
  elseif t.crashes >= tonumber(limit) then
    t.attempt = t.attempt + 1
    end_apart(t, id, 'F', '-', 'e', '{"type":"worker_crash","message":"The process that ran it died '
      .. t.crashes .. ' times in a row."}')
  else
    t.version = t.version + 1
    wait_again(t, id)
    write_task(t, id)
  end
  remove_lease(t, l, id)
  release_trial(l.silo, id, t.queue)
  return { 'ok', t.state }
end
