local meet

-- In a block of its own, since Lua has no more than 200 locals at a time.
do

-- A submit whose id is known: the same content is the same task, and its index entry may be missing.
local function accept_again(key, id, hash)
  local t = read_task(id)
  if not t then
    local forgotten = call('HGET', key, 'x')
    return forgotten and { forgotten == hash and 'forgotten' or 'exists' }
  end
  if t.hash ~= hash then
    return { 'exists' }
  end
  if not is_final(t) and call('HEXISTS', leases, id) == 0 then
    call('SADD', queues, t.queue)
    bind_terms(t, id, terms_of(t, id))
    -- One that has become due may not have been moved into its lane yet: two entries would count as two tasks.
    if t.due > now or not call('ZSCORE', queue_key(t.queue) .. ':due', id) then
      add_waiting(t, id)
    end
  end
  return { 'same' }
end

-- What a submit with a deduplication key meets: a task to be answered with, or one to be replaced by it.
meet = function(id, mode, key)
  local other = call('GET', prefix .. 'u:' .. key)
  if other and other ~= id and mode == 't' then
    return other
  end
  local t = other and other ~= id and read_task(other)
  if not t or is_final(t) then
    return nil
  elseif mode == 'u' then
    return other
  end
  return nil, t.attempt == 0 and not running_lease(t, other) and { id = other, task = t } or nil
end

local function instant(after, at)
  return tonumber(after) > 0 and now + tonumber(after) or tonumber(at)
end

local function know_queue(queue)
  if not announced[queue] then
    call('SADD', queues, queue)
    announced[queue] = 0
  end
end

-- Field i of a task that begins: what stands before its place, and after it.
local function identity_around(queue, lane, priority, due)
  return priority .. ' ', ' ' .. int(due) .. ' ' .. now_text .. ' ' .. queue .. ' ' .. lane
end

-- A task that begins, at the next place, and its field i.
local function new_task(queue, lane, priority, due, flags)
  place = place + 1
  local t = { priority = priority, place = int(place), due = due, queue = queue, lane = lane, crashes = 0, attempt = 0, flags = flags }
  know_queue(queue)
  local before, after = identity_around(queue, lane, priority, due)
  return t, before .. t.place .. after
end

-- accept: id, content hash, queue, lane, priority, delay in ms, due in ms (0: none), definition; and for a task with terms:
-- expires in ms, at ms, deadline in ms, at ms, three retention classes, deduplication mode, key, period in ms, tags, whether it is
-- delivered at most once, whether its id was made of an idempotency key, definition of the task that tells of its end ('' for none)
-- -> ok, place, now, due, flags, terms | same | exists | forgotten | duplicate, id of the other
ops.accept = function(id, hash, queue, lane, priority, delay, due, definition, expires_in, ...)
  local key = task_key(id)
  local again = call('EXISTS', key) == 1 and accept_again(key, id, hash)
  if again then
    return again
  end

  local dueAt = instant(delay, due)
  local flags = '-'
  local terms, replaced, webhook
  if expires_in then
    local expires_at, deadline_in, deadline_at, keep_s, keep_f, keep_c, mode, dedup, period, tags, at_most_once, keyed
    expires_at, deadline_in, deadline_at, keep_s, keep_f, keep_c, mode, dedup, period, tags, at_most_once, keyed, webhook = ...
    terms = {
      expires = instant(expires_in, expires_at), deadline = instant(deadline_in, deadline_at), S = keep_s, F = keep_f, C = keep_c,
      dedup = mode == '-' and '-' or mode .. dedup, tags = tags,
    }
    if mode ~= '-' then
      local other
      other, replaced = meet(id, mode, dedup)
      if other then
        return { 'duplicate', other }
      end
      if mode == 'd' and dueAt == 0 then
        dueAt = now + tonumber(period)
      end
      if mode == 't' then
        call('SET', prefix .. 'u:' .. dedup, id, 'PX', period)
      else
        call('SET', prefix .. 'u:' .. dedup, id)
      end
    end
    flags = (next_instant(terms, false) and 'x' or '') .. ((keep_s ~= '-' or keep_f ~= '-' or keep_c ~= '-') and 'k' or '')
      .. (mode ~= '-' and 'u' or '') .. (tags ~= '-' and 'g' or '') .. (at_most_once == '1' and 'm' or '') .. (keyed == '1' and 'i' or '') .. (webhook ~= '' and 'w' or '')
  end

  local t, i = new_task(queue, lane, priority, dueAt, flags)
  local s, k = string.sub(fresh, 1, -2) .. flags, hash .. ' -'
  if terms then
    bind_terms(t, id, terms)
  end
  add_waiting(t, id)
  add_to_list(t, id)
  if webhook and webhook ~= '' then
    write_new(key, definition, 's', s, 'i', i, 'k', k, 'o', terms_line(terms), 'w', webhook)
  elseif terms then
    write_new(key, definition, 's', s, 'i', i, 'k', k, 'o', terms_line(terms))
  else
    write_new(key, definition, 's', s, 'i', i, 'k', k)
  end
  if replaced then
    -- Last, so that a cut leaves one too many and not one too few.
    end_apart(replaced.task, replaced.id, 'C', 'replaced')
    remove_waiting(replaced.task, replaced.id)
  end
  count('A:' .. queue, 1)
  return { 'ok', t.place, now_text, int(dueAt), flags, terms and terms_line(terms) or '' }
end

-- What tasks have in common that begin in one lane at one instant: in a call most differ in their ids, hashes and definitions only.
local function likeness(queue, lane, priority, delay, due)
  know_queue(queue)
  local at = instant(delay, due)
  local t = { priority = priority, due = at, queue = queue, lane = lane, crashes = 0 }
  local before, after = identity_around(queue, lane, priority, at)
  return {
    queue = queue, lane = lane, priority = priority, delay = delay, due = due, task = t, is_ready = at <= now, before = before, after = after, at = int(at),
    lies_in = queue_key(queue) .. (at <= now and ':l:' .. lane_of(t) or ':due'), number = 0,
  }
end

-- Tasks without terms whose ids nobody knows, which most are: an index entry for all of them where one by one would write as many.
groups.accept = { arguments = '8', run = function(argv, at)
  local replies = {}
  local keys, ids, numbers, seen = {}, {}, {}, {}
  for n, a in ipairs(at) do
    local id = argv[a]
    if not seen[id] then
      seen[id] = true
      local i = #ids + 1
      keys[i], ids[i], numbers[i] = task_key(id), id, n
    end
  end
  if #ids < 2 or call('EXISTS', unpack(keys)) > 0 then
    return replies
  end

  local first = place + 1
  local like
  local likes, entries, identities = {}, {}, {}
  for i, n in ipairs(numbers) do
    local _, _, queue, lane, priority, delay, due = unpack(argv, at[n], at[n] + 6)
    if not like or like.queue ~= queue or like.lane ~= lane or like.priority ~= priority or like.delay ~= delay or like.due ~= due then
      like = likeness(queue, lane, priority, delay, due)
      likes[#likes + 1] = like
    end
    place = place + 1
    local here = int(place)
    local some = entries[like.lies_in]
    if not some then
      some = {}
      entries[like.lies_in] = some
      if like.is_ready then
        like.task.place = here
        announce_once(like.task)
      end
    end
    some[#some + 1] = like.is_ready and here or like.at
    some[#some + 1] = ids[i]
    like.number = like.number + 1
    identities[i] = like.before .. here .. like.after
    replies[n] = { 'ok', here, now_text, like.at, '-', '' }
  end
  for key, some in pairs(entries) do
    call('ZADD', key, unpack(some))
  end
  add_all_to_list(first, ids)
  for i, n in ipairs(numbers) do
    local a = at[n]
    write_new(keys[i], argv[a + 7], 's', fresh, 'i', identities[i], 'k', argv[a + 1] .. ' -')
  end
  for _, l in ipairs(likes) do
    count('A:' .. l.queue, l.number)
  end
  return replies
end }

end
