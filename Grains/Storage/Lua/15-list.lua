-- Lists of tasks, a page at a time. What is listed by an instant comes from several places that are sorted each by itself, and are merged;
-- the rest of a filter is looked at record by record, so many in one call: a script holds everybody up. All of it is in a block of its own,
-- since Lua has no more than 200 locals at a time.
local lists = {}
do

-- How much text a call reads at most.
local most_text = 1048576
lists.most_text = most_text
local after_all = 9007199254740991
-- How far clocks are put back at most: a list by places has its instants in order but for that.
local step_back = 60000

local function read_patterns(words, from, count)
  local some = {}
  for i = from, from + count - 1 do
    local is_prefix = string.sub(words[i], -1) == '*'
    some[#some + 1] = { text = is_prefix and string.sub(words[i], 1, -2) or words[i], is_prefix = is_prefix }
  end
  return some
end

-- A filter: state (A all, Q queued, D scheduled, R retrying, L running, S, F, C), since and until ('' for none), tag, text in lower case, as it is and as JSON has it,
-- parent, pattern of workers ('' for none), how many patterns there are for queues and for names, twice, then these.
function lists.read_filter(state, since, till, tag, text, escaped, parent, worker, ...)
  local words = { ... }
  local counts_of = { tonumber(words[1]), tonumber(words[2]), tonumber(words[3]), tonumber(words[4]) }
  local patterns = {}
  local from = 5
  for i, count in ipairs(counts_of) do
    patterns[i] = read_patterns(words, from, count)
    from = from + count
  end
  return {
    state = state, since = since ~= '' and tonumber(since) or nil, till = till ~= '' and tonumber(till) or nil, tag = tag, text = text, escaped = escaped,
    parent = parent, workers = worker ~= '' and read_patterns({ worker }, 1, 1) or nil,
    queues = { patterns[1], patterns[3] }, names = { patterns[2], patterns[4] },
  }
end

local function fits_one(patterns, word)
  for _, p in ipairs(patterns) do
    if p.text == word or p.is_prefix and string.sub(word, 1, #p.text) == p.text then
      return true
    end
  end
  return #patterns == 0
end

local function fits_each(lists, word)
  return fits_one(lists[1], word) and fits_one(lists[2], word)
end

function lists.fits_queue(filter, queue)
  return fits_each(filter.queues, queue)
end

local function has_tag(t, id, tag)
  if not has(t.flags, 'g') then
    return false
  end
  return string.find(',' .. terms_of(t, id).tags .. ',', ',' .. tag .. ',', 1, true) ~= nil
end

-- Whether the silo that runs a task, or ran its last attempt, is meant.
local function is_of_worker(t, id, workers)
  local l = not is_final(t) and running_lease(t, id)
  local worker = l and l.silo or t.worker
  return worker ~= '-' and fits_one(workers, worker)
end

-- A definition without the arguments, and how much had to be read for it.
local function head_of(id)
  local key = task_key(id)
  local found = call('HMGET', key, 'd', 'b')
  local all = whole(key, found[1] or found[2])
  return string.match(all, '^([^\n]*\n[^\n]*\n)') or '', #all
end

local function is_child(id, parent)
  local head, size = head_of(id)
  return string.find(head, '"parentId":"' .. parent .. '"', 1, true) ~= nil, size
end

-- Whether a text is in what was asked for, or in what went wrong; and how much had to be read for that. Arguments of which some are for the handler alone, as the
-- definition's first line says, are not searched: who finds a task by a part of them has learnt it. (Within a string of that line quotation marks are escaped.)
local function has_text(t, id, filter)
  local key = task_key(id)
  local found = call('HMGET', key, 'd', 'b', 'e')
  local definition, failure = whole(key, found[1] or found[2]), found[3] or ''
  local read = #definition + #failure
  local header, own = string.match(definition, '^([^\n]*)(\n[^\n]*\n)')
  if header and string.find(header, '"sensitive":[', 1, true) then
    definition = header .. own
  end
  for _, some in ipairs({ id .. ' ' .. t.lane, definition, failure }) do
    local lower = string.lower(some)
    if string.find(lower, filter.text, 1, true) or filter.escaped ~= filter.text and string.find(lower, filter.escaped, 1, true) then
      return true, read
    end
  end
  return false, read
end

-- Whether an entry is meant, but for what its stream looks at; and how much text had to be read for that.
local function fits(filter, e)
  local t = e.t
  if filter.till and e.at > filter.till or filter.since and e.at < filter.since or not fits_each(filter.queues, t.queue) or not fits_each(filter.names, string.match(t.lane, '^[^:]+')) then
    return false, 0
  end
  if filter.state == 'Q' and (t.state ~= 'W' or t.due > now or running_lease(t, e.id)) then
    return false, 0
  end
  if filter.workers and not is_of_worker(t, e.id, filter.workers) then
    return false, 0
  end
  if filter.tag ~= '' and not has_tag(t, e.id, filter.tag) then
    return false, 0
  end
  local read = 0
  if filter.parent ~= '' then
    local is_one
    is_one, read = is_child(e.id, filter.parent)
    if not is_one then
      return false, read
    end
  end
  if filter.text ~= '' then
    local has_it, more = has_text(t, e.id, filter)
    return has_it, read + more
  end
  return true, read
end
lists.fits = fits

-- A stream is a function that returns its next entry, sorted by `key`: id, its record t, the instant `at` that it is listed by, its place.
-- An entry without t says that nothing else comes before its key, and how many records that took: nobody looks for ever.

-- By place, the last one first. In a list that was cut while it was written anew, the later half counts.
local function places(below)
  local number = below < after_all and list_of(below) or '+inf'
  local entries, at = {}, 0
  local last = below
  return function()
    while at > 0 do
      local id, again = string.match(entries[at], '^(%S+) ?(%d*)$')
      at = at - 1
      local t = read_task(id)
      local place = t and tonumber(t.place)
      if t and place <= last and list_of(place) == number then
        last = place
        return { key = place, place = place, id = id, t = t, at = tonumber(again) or tonumber(t.created) }
      end
    end
    local nxt = call('ZREVRANGEBYSCORE', list_index, number == '+inf' and '+inf' or (#entries == 0 and '' or '(') .. number, '-inf', 'LIMIT', 0, 1)[1]
    if not nxt then
      return nil
    end
    number = nxt
    entries = call('LRANGE', list_key(number), 0, -1)
    if #entries == 0 then
      -- Left over from a cut.
      call('ZREM', list_index, number)
    end
    at = #entries
    return { key = math.min(last, tonumber(number) * 1024 + 1023), looked = 0 }
  end
end

-- The number of the bucket that was filled at an instant, or of the last one before.
local function bucket_at(index, field, newest, instant)
  local low, high = 0, newest
  while low < high do
    local middle = math.ceil((low + high) / 2)
    local opened = call('ZSCORE', index, field .. ':' .. int(middle))
    if opened and tonumber(opened) > instant then
      high = middle - 1
    else
      low = middle
    end
  end
  return low
end

-- What has ended in a queue in one way, the last one first. An id of which a later bucket knows, since it was run again, was there already.
local function endings(state, queue, newest, till)
  local index, field, letter = prefix .. 'fin:' .. state, state .. ':' .. queue, string.sub(state, 1, 1)
  local number = till < after_all and bucket_at(index, field, newest, till) or newest
  local ids, at, opened, looked = {}, 0, till, 0
  local last = till
  return function()
    while at > 0 do
      local t = read_task(ids[at])
      local id = ids[at]
      at = at - 1
      looked = looked + 1
      local finished = t and tonumber(t.finished)
      if t and t.state == letter and t.queue == queue and finished <= last then
        last = finished
        local before = looked - 1
        looked = 0
        return { key = finished, place = tonumber(t.place), id = id, t = t, at = finished, looked = before }
      end
    end
    local score = number > 0 and call('ZSCORE', index, field .. ':' .. int(number))
    if not score then
      return nil
    end
    -- What ended after the bucket that was gone through had been opened was in that one: it is in an older one as well when it was run again.
    last = math.min(last, opened)
    local before = { key = last, looked = looked }
    looked = 0
    opened = tonumber(score)
    ids = call('LRANGE', prefix .. 'fin:' .. field .. ':' .. int(number), 0, -1)
    at = #ids
    number = number - 1
    return before
  end
end

-- Whether a word comes before another, byte by byte, as sorted sets have those of one score. (Lua itself asks the server's locale.)
local function is_before(one, other)
  for i = 1, math.min(#one, #other) do
    local a, b = string.byte(one, i), string.byte(other, i)
    if a ~= b then
      return a < b
    end
  end
  return #one < #other
end

-- The rank in a sorted set of the first that comes after an instant and an id.
local function rank_after(key, instant, id)
  local low = call('ZCOUNT', key, '-inf', '(' .. int(instant))
  local high = id == '' and low or call('ZCOUNT', key, '-inf', int(instant))
  while low < high do
    local middle = math.floor((low + high) / 2)
    if is_before(id, call('ZRANGE', key, middle, middle)[1]) then
      high = middle
    else
      low = middle + 1
    end
  end
  return low
end

-- What waits for an instant, the next one first and those of one instant by id, of a set that has them so; of one queue, if it is given, where it was then.
-- It may be as many as one likes that are due in the same instant: nothing gathers them.
local function instants(key, letter, from, from_id, queue)
  local found, at, rank = {}, 1, rank_after(key, from, from_id)
  return function()
    if at > #found then
      found = call('ZRANGE', key, rank, rank + 99, 'WITHSCORES')
      at, rank = 1, rank + 100
    end
    local id, due = found[at], tonumber(found[at + 1])
    if not id then
      return nil
    end
    at = at + 2
    local t = read_task(id)
    local is_here = t and t.state == letter and (not queue or t.queue == queue and t.due == due)
    if is_here and not running_lease(t, id) then
      return { key = due, id = id, t = t, at = due }
    end
    return { key = due, id = id, left_over = not queue and (not t or is_final(t)) }
  end
end

-- What runs, the last one that was begun first.
local function runs(till)
  local entries = {}
  local all = call('HGETALL', leases)
  for i = 1, #all, 2 do
    local t, l = read_task(all[i]), parse_lease(all[i + 1])
    local started = tonumber(l.started)
    if t and not is_leftover(t, l) and started <= till then
      entries[#entries + 1] = { key = started, place = tonumber(t.place), id = all[i], t = t, at = started }
    end
  end
  table.sort(entries, function(a, b) return a.key > b.key end)
  local at = 0
  return function()
    at = at + 1
    return entries[at]
  end
end

-- Those that are sorted by what was, the latest first.
local function streams_of(filter, from)
  local state = filter.state
  if state == 'A' or state == 'Q' then
    return { places(from) }
  elseif state == 'L' then
    return { runs(from) }
  end
  local some = {}
  local current = call('HGETALL', prefix .. 'fin')
  for i = 1, #current, 2 do
    local of, queue = string.match(current[i], '^([^:]+):(.*)$')
    if string.sub(of, 1, 1) == state and fits_each(filter.queues, queue) then
      some[#some + 1] = endings(of, queue, tonumber(string.match(current[i + 1], '^%S+')), from)
    end
  end
  return some
end

-- The place at which a list by places comes to an instant: the first list that was begun after it, or none.
local function place_at(instant)
  local low, high = 0, call('ZCARD', list_index)
  while low < high do
    local middle = math.floor((low + high) / 2)
    local number = call('ZRANGE', list_index, middle, middle)[1]
    local begun
    for _, entry in ipairs(call('LRANGE', list_key(number), 0, -1)) do
      local id, again = string.match(entry, '^(%S+) ?(%d*)$')
      local t = read_task(id)
      if t and list_of(t.place) == number then
        begun = tonumber(again) or tonumber(t.created)
        break
      end
    end
    if begun and begun > instant then
      high = middle
    else
      low = middle + 1
    end
  end
  local number = call('ZRANGE', list_index, low, low)[1]
  return number and tonumber(number) * 1024 or after_all
end

-- What comes next of some streams: all entries of the key that comes first, in the order of their places, each task once. Few have one key: it is a place, or an
-- instant at which all of them began or ended.
local function take_next(streams)
  local first
  for _, s in ipairs(streams) do
    if s.head and (not first or s.head.key > first) then
      first = s.head.key
    end
  end
  local group, seen = {}, {}
  local looked = 0
  for _, s in ipairs(streams) do
    while s.head and s.head.key == first do
      local e = s.head
      looked = looked + (e.looked or 0)
      if e.t and not seen[e.id] then
        seen[e.id] = true
        group[#group + 1] = e
      end
      s.head = s.next()
    end
  end
  table.sort(group, function(a, b) return a.place > b.place end)
  return first, group, looked
end

local function any_left(streams)
  for _, s in ipairs(streams) do
    if s.head then
      return true
    end
  end
  return false
end

local function add_item(out, e)
  local record = call('HMGET', task_key(e.id), 'e', 'o')
  local head, size = head_of(e.id)
  local item = { e.id, call('HGET', leases, e.id) or '', line_of(words_of(e.t)), head, record[1] or '', record[2] or '' }
  for _, word in ipairs(item) do
    out[#out + 1] = word
    size = size + #word
  end
  return size
end

local function heads_of(streams)
  local all = {}
  for i, step in ipairs(streams) do
    all[i] = { next = step, head = step() }
  end
  return all
end

-- What is to come, the next one first. A cursor is an instant and an id.
local function list_ahead(filter, from, from_id, limit, most, take)
  if not from or filter.since and from < filter.since then
    from, from_id = filter.since or 0, ''
  end
  if filter.state == 'D' and from <= now then
    from, from_id = now + 1, ''
  end
  local streams = {}
  if filter.state == 'R' then
    streams[1] = instants(retrying, 'R', from, from_id)
  else
    for _, queue in ipairs(filter.only and { filter.only } or call('SMEMBERS', queues)) do
      if fits_each(filter.queues, queue) then
        streams[#streams + 1] = instants(queue_key(queue) .. ':due', 'W', from, from_id, queue)
      end
    end
  end
  streams = heads_of(streams)
  local left_over = {}
  local scanned, count, read, cursor = 0, 0, 0, nil
  while not cursor do
    local first
    for _, s in ipairs(streams) do
      if s.head and (not first or s.head.key < first.head.key or s.head.key == first.head.key and is_before(s.head.id, first.head.id)) then
        first = s
      end
    end
    local e = first and first.head
    if not e or filter.till and e.key > filter.till then
      cursor = ''
      break
    end
    first.head = first.next()
    scanned = scanned + 1
    if e.left_over then
      left_over[#left_over + 1] = e.id
    elseif e.t then
      local is_meant, size = fits(filter, e)
      local taken = is_meant and take(e)
      read = read + size + (taken or 0)
      count = count + (taken and 1 or 0)
    end
    if count == limit or scanned >= most or read >= most_text then
      cursor = any_left(streams) and int(e.key) .. '.' .. e.id or ''
    end
  end
  -- At the end: it would move those after it.
  for _, id in ipairs(left_over) do
    call('ZREM', retrying, id)
  end
  return cursor, scanned
end

-- What was, the latest first. A cursor is a place, or an instant, and the place among those of that instant.
local function list_back(filter, from, from_place, limit, most, take)
  if not from then
    local by_place = filter.state == 'A' or filter.state == 'Q'
    from, from_place = filter.till and (by_place and place_at(filter.till) or filter.till) or after_all, after_all
  end
  local streams = heads_of(streams_of(filter, from))
  local scanned, count, read = 0, 0, 0
  while true do
    local key, group, looked = take_next(streams)
    if not key then
      return '', scanned
    end
    scanned = scanned + looked
    for i, e in ipairs(group) do
      if key ~= from or e.place < from_place then
        if filter.since and e.at < filter.since - step_back then
          return '', scanned
        end
        scanned = scanned + 1
        local is_meant, size = fits(filter, e)
        local taken = is_meant and take(e)
        read = read + size + (taken or 0)
        count = count + (taken and 1 or 0)
        if count == limit or scanned >= most or read >= most_text then
          local is_last = i == #group and not any_left(streams)
          return is_last and '' or int(key) .. '.' .. int(e.place), scanned
        end
      end
    end
    -- Not at the key that it began at: what is left over there would be looked at again and again.
    if scanned >= most and key ~= from then
      return int(key) .. '.' .. (#group > 0 and int(group[#group].place) or int(after_all)), scanned
    end
  end
end

-- Goes on through a list from a cursor ('' at first). What is meant is given to `take`, which returns how much text it has read, or nil for what is not to count in
-- the limit. Returns the cursor to go on from, '' when there are no more, and how many were looked at.
function lists.walk(filter, cursor, limit, most, take)
  local from, rest = string.match(cursor, '^(%d+)%.(.+)$')
  from = tonumber(from)
  if filter.state == 'D' or filter.state == 'R' then
    return list_ahead(filter, from, rest, limit, most, take)
  end
  -- One of another list has no place: it is answered from somewhere.
  return list_back(filter, from, string.match(rest or '', '^%d+$') and tonumber(rest) or 0, limit, most, take)
end

-- list: cursor ('' at first), how many at most, how many to look at at most, filter
-- -> ok, cursor ('' when there are no more), how many were looked at, now, list of id, lease, line, definition without arguments, error, terms
ops.list = function(cursor, limit, most, ...)
  local out = {}
  local nxt, scanned = lists.walk(lists.read_filter(...), cursor, tonumber(limit), tonumber(most), function(e) return add_item(out, e) end)
  return { 'ok', nxt, int(scanned), now_text, out }
end

end
