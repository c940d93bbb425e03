-- What some tasks ask for beside the usual. A record's flags say what its terms hold: x an expiry or a deadline, k classes of
-- retention, u a deduplication key, g tags; and m: delivered at most once, i: its id was made of an idempotency key, w: a task tells of its end (field 'w' is its definition), s: its code has begun
-- in an attempt that does not count. Terms are
-- one line of 7 words in field 'o': expires, deadline, three retention classes (succeeded, failed, cancelled), deduplication
-- (its mode's letter and its key), tags with commas between; '-' or 0 for none.
local terms_pattern = '^(%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (%S+)$'

local function has(flags, letter)
  return flags ~= '-' and string.find(flags, letter, 1, true) ~= nil
end

-- Whether a task's code has begun at any time: what is to have started by some instant has.
local function has_started(t)
  return t.attempt > 0 or t.crashes > 0 or has(t.flags, 's')
end

local function set_started(t)
  if not has(t.flags, 's') then
    t.flags = t.flags == '-' and 's' or t.flags .. 's'
  end
end

local function parse_terms(line)
  local expires, deadline, succeeded, failed, cancelled, dedup, tags = string.match(line, terms_pattern)
  return {
    expires = tonumber(expires), deadline = tonumber(deadline), S = succeeded, F = failed, C = cancelled, dedup = dedup, tags = tags,
  }
end

local no_terms = { expires = 0, deadline = 0, S = '-', F = '-', C = '-', dedup = '-', tags = '-' }

local function terms_of(t, id)
  local line = string.find(t.flags, '[xkug]') and call('HGET', task_key(id), 'o')
  return line and parse_terms(line) or no_terms
end

local function terms_line(terms)
  return table.concat({ int(terms.expires), int(terms.deadline), terms.S, terms.F, terms.C, terms.dedup, terms.tags }, ' ')
end

-- The instant at which something happens to a task by itself; nil for never.
local function next_instant(terms, started)
  local expires = not started and terms.expires > 0 and terms.expires or nil
  local deadline = terms.deadline > 0 and terms.deadline or nil
  return expires and deadline and math.min(expires, deadline) or expires or deadline
end

-- What has become of a waiting task by now: 'C' when it was to have started, 'F' when it was to have ended; what came first, if both.
local function fate(t, terms)
  local counts = terms.expires > 0 and not has_started(t) and (terms.deadline == 0 or terms.expires <= terms.deadline)
  if counts and now >= terms.expires then
    return 'C'
  end
  return terms.deadline > 0 and now >= terms.deadline and 'F' or nil
end

-- Index entries by which a task with terms is found: before its record is written.
local function bind_terms(t, id, terms)
  local instant = next_instant(terms, has_started(t))
  if instant then
    call('ZADD', until_index, int(instant), id)
  end
  if terms.tags ~= '-' then
    for tag in string.gmatch(terms.tags, '[^,]+') do
      call('ZADD', prefix .. 'tag:' .. tag, t.place, id)
    end
  end
end

-- Removes them, after the record says that it is final. A throttle goes on for its period.
local function unbind_terms(t, id, terms)
  if has(t.flags, 'x') then
    call('ZREM', until_index, id)
  end
  if terms.tags ~= '-' then
    for tag in string.gmatch(terms.tags, '[^,]+') do
      call('ZREM', prefix .. 'tag:' .. tag, id)
    end
  end
  if terms.dedup ~= '-' and string.sub(terms.dedup, 1, 1) ~= 't' then
    local key = prefix .. 'u:' .. string.sub(terms.dedup, 2)
    if call('GET', key) == id then
      call('DEL', key)
    end
  end
end
