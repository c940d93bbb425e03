-- The engine's one script. A call carries a batch of operations; each is answered by itself. Where the store keeps functions, it is loaded
-- once and its last lines, in 99-run, are called; else all of it is evaluated with each call.
--
-- KEYS[1]   {grid}:epoch. Every key of the engine shares its hash tag, so one slot holds them all, and on Garnet
--           (which locks declared keys) declaring this one makes all calls exclude one another.
-- ARGV[1]   the epoch that the silo belongs to
-- ARGV[2]   the life of the store in which the silo's leases are known to be there; '' for a call of its recovery
-- ARGV[3]   the highest sequence number that the silo has seen
-- ARGV[4]   how many sequence numbers to draw: one for each operation that changes something
-- ARGV[5..] operations: name, number of arguments, arguments...
--
-- The order in every operation: add the new index entry, write record or lease, remove the old index entry. A crash
-- that cuts the script after any of its commands then leaves an index entry too many, never one too few; whoever meets
-- the superfluous entry removes it.
local call

-- A longer definition has a field of its own ('b' instead of 'd'), so that leasing does not read it: the worker does.
local inline_limit = 2048

-- What one lease call grants at most. Lua passes no more than some 8,000 values at a time, and a script blocks all others.
local lease_limit = 256

-- The grid's keys, named when a call is of another grid than the one before it.
local epoch_key, prefix, leases, silos, trials, queues, until_index, retrying, list_index, audit

local function name_keys(key)
  epoch_key = key
  prefix = string.sub(key, 1, -6)
  leases = prefix .. 'leases'
  silos = prefix .. 'silos'
  trials = prefix .. 'trials'
  queues = prefix .. 'queues'
  until_index = prefix .. 'until'
  -- What waits for another attempt, or runs one that is not the first, by the instant at which it was due.
  retrying = prefix .. 'retrying'
  -- See 05-index.
  list_index = prefix .. 'list'
  -- See 14-audit.
  audit = prefix .. 'audit'
end

-- What a call knows: the store's life, the last sequence number drawn and the one for the next place, and when it is. A store may keep this script from
-- call to call, so whatever a call has noted is cleared before the next one, by the functions given to `at_call`.
local life, seq, place, now_us, now, now_text

local begins = {}

local function at_call(begin)
  begins[#begins + 1] = begin
end

local ops = {}

-- Operations of one kind that stand beside one another in a call are done together, where there is a way to: by their name, a function from the lists of
-- the call's arguments and where those of each begin to their answers, and how many arguments those have for which it is made. What it leaves out is done by
-- itself.
local groups = {}

-- Lua writes numbers from 1e14 on in exponent form unless asked not to.
local function int(n)
  return string.format('%d', n)
end

local function task_key(id)
  return prefix .. 't:' .. id
end

local function queue_key(queue)
  return prefix .. 'q:' .. queue
end

-- A record's state is 20 words in three fields, each of them short enough (64 bytes, for most) that Redis keeps the hash of a small task in one piece, at
-- half the memory:
--   s   what each attempt changes: state, version, attempt, interruptions, crashes, issued, applied ('=': as issued), started, finished, reason, forgiven, flags
--   i   what stays, but for changes by hand and another due instant: priority, place, due, created, queue, lane
--   k   content hash, worker
-- W waits for its first attempt, R for another one, S succeeded, F failed, C is cancelled; "running" is not written here, it is the existence of a lease.
-- `forgiven` attempts were made before a retry by hand and count no more. `flags` say what the record's terms (see 04-terms) hold, so that plain tasks,
-- whose flags are '-', have none to read.
local parse, read_task, glance, words_of, write_task, line_of

-- Field s of a plain task that has not run yet, as most are that are met: what it says need not be taken apart.
local fresh = 'W 1 0 0 0 0 = 0 0 - 0 -'

-- In a block of its own, since Lua has no more than 200 locals at a time.
do

local attempt_pattern = '^(%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (%S+)$'
local identity_pattern = '^(%S+) (%S+) (%S+) (%S+) (%S+) (%S+)$'
local rest_pattern = '^(%S+) (%S+)$'

parse = function(s, i, k)
  local state, version, attempt, interruptions, crashes, issued, applied, started, finished, reason, forgiven, flags = string.match(s, attempt_pattern)
  local priority, place_, due, created, queue, lane = string.match(i, identity_pattern)
  local hash, worker = string.match(k, rest_pattern)
  issued = tonumber(issued)
  return {
    state = state, version = tonumber(version), attempt = tonumber(attempt), interruptions = tonumber(interruptions),
    crashes = tonumber(crashes), issued = issued, applied = applied == '=' and issued or tonumber(applied), priority = priority,
    place = place_, due = tonumber(due), created = created, started = started, finished = finished, queue = queue,
    lane = lane, hash = hash, reason = reason, worker = worker, forgiven = forgiven, flags = flags,
  }
end

read_task = function(id)
  local found = call('HMGET', task_key(id), 's', 'i', 'k')
  return found[1] and parse(found[1], found[2], found[3])
end

-- What leasing needs of it, at half the price: state, attempt, crashes, issued, priority, place, due, queue, lane, flags.
local attempt_glance = '^(%S+) %S+ (%S+) %S+ (%S+) (%S+) %S+ %S+ %S+ %S+ %S+ (%S+)$'
local identity_glance = '^(%S+) (%S+) (%S+) %S+ (%S+) (%S+)$'

glance = function(s, i)
  local state, attempt, crashes, issued, flags = string.match(s, attempt_glance)
  local priority, place_, due, queue, lane = string.match(i, identity_glance)
  return {
    state = state, attempt = tonumber(attempt), crashes = tonumber(crashes), issued = tonumber(issued),
    priority = priority, place = place_, due = tonumber(due), queue = queue, lane = lane, flags = flags,
  }
end

words_of = function(t)
  return table.concat({
    t.state, int(t.version), t.attempt, t.interruptions, t.crashes, int(t.issued), t.applied == t.issued and '=' or int(t.applied), t.started, t.finished,
    t.reason, t.forgiven, t.flags,
  }, ' '), table.concat({ t.priority, t.place, int(t.due), t.created, t.queue, t.lane }, ' '), t.hash .. ' ' .. t.worker
end

-- Writes a record's state, and other fields with it.
write_task = function(t, id, ...)
  local s, i, k = words_of(t)
  call('HSET', task_key(id), 's', s, 'i', i, 'k', k, ...)
end

-- A record's state as it is told: all its words in a line.
line_of = function(s, i, k)
  return s .. ' ' .. i .. ' ' .. k
end

end

local function is_final(t)
  return t.state == 'S' or t.state == 'F' or t.state == 'C'
end

-- What was asked for, in one field or in several: who reads it takes field 'd', or 'b', and has `whole` add the rest.
local write_new, whole

do

-- As long as no value of a hash is longer than this (hash-max-listpack-value), Redis keeps it in one piece, at half the memory.
local piece = 64

-- The fields of what comes after the first piece.
local others = { '1', '2', '3', '4', '5', '6', '7' }

-- Writes a record that begins: its definition, and its other fields.
write_new = function(key, definition, ...)
  local size = #definition
  if size <= piece or size > piece * (#others + 1) then
    call('HSET', key, size > inline_limit and 'b' or 'd', definition, ...)
    return
  end
  local fields = { ... }
  local n = #fields
  fields[n + 1], fields[n + 2] = 'd', string.sub(definition, 1, piece)
  for i = 1, math.ceil(size / piece) - 1 do
    fields[n + i * 2 + 1], fields[n + i * 2 + 2] = others[i], string.sub(definition, i * piece + 1, (i + 1) * piece)
  end
  call('HSET', key, unpack(fields))
end

-- A definition, or none, by what its field 'd' or 'b' holds, and by fields '1' and '2' where they have been read: after a full piece there may be another.
whole = function(key, first, second, third)
  if not first or #first ~= piece then
    return first or ''
  elseif third == false or third and #third < piece then
    return first .. (second or '') .. (third or '')
  end
  local found = call('HMGET', key, unpack(others))
  local n = 0
  while found[n + 1] do
    n = n + 1
  end
  return first .. table.concat(found, '', 1, n)
end

end

-- A lease is one line of 7 words, and the only home of the token. `permits` has a letter for each limit that it is counted
-- in (see 03-limits), '-' for none.
local lease_pattern = '^(%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (%S+)$'

local function parse_lease(line)
  local token, silo, attempt, started, begun, cancel, permits = string.match(line, lease_pattern)
  return { token = token, silo = silo, attempt = attempt, started = started, begun = begun, cancel = cancel, permits = permits }
end

local function lease_line(l)
  return table.concat({ l.token, l.silo, l.attempt, l.started, l.begun, l.cancel, l.permits }, ' ')
end

-- When the attempt of a lease began. A silo knows the store's clock to a fraction of a millisecond: code that had to wait for an instant
-- may have ended just before the millisecond that it was given.
local function started_of(l)
  return tonumber(l.started) > now and now_text or l.started
end

-- The lease of a task when its token is the given one.
local function lease_of(id, token)
  local line = call('HGET', leases, id)
  if line then
    local l = parse_lease(line)
    if l.token == token then
      return l
    end
  end
  return nil
end

-- A silo is dead once it was declared so, or when it isn't known (any more).
local function says_dead(beat)
  return not beat or string.sub(beat, 1, 4) == 'dead'
end

local function is_dead(silo)
  return says_dead(call('HGET', silos, silo))
end

-- Of a silo that the store knows by its leases alone.
local no_capabilities = '-'
