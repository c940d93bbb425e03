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
    add_waiting(t, id)
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

-- A task that begins, at the next place, and the state of its record.
local function new_task(hash, queue, lane, priority, due, flags)
  place = place + 1
  local t = { priority = priority, place = int(place), due = due, queue = queue, lane = lane, crashes = 0, attempt = 0, flags = flags }
  if not announced[queue] then
    call('SADD', queues, queue)
    announced[queue] = 0
  end
  return t, 'W 1 0 0 0 0 = 0 0 - 0 ' .. flags, priority .. ' ' .. t.place .. ' ' .. int(due) .. ' ' .. now_text .. ' ' .. queue .. ' ' .. lane, hash .. ' -'
end

local function field_of(definition)
  return #definition > inline_limit and 'b' or 'd'
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

  local t, s, i, k = new_task(hash, queue, lane, priority, dueAt, flags)
  if terms then
    bind_terms(t, id, terms)
  end
  add_waiting(t, id)
  add_to_list(t, id)
  local kept = field_of(definition)
  if webhook and webhook ~= '' then
    call('HSET', key, kept, definition, 's', s, 'i', i, 'k', k, 'o', terms_line(terms), 'w', webhook)
  elseif terms then
    call('HSET', key, kept, definition, 's', s, 'i', i, 'k', k, 'o', terms_line(terms))
  else
    call('HSET', key, kept, definition, 's', s, 'i', i, 'k', k)
  end
  if replaced then
    -- Last, so that a cut leaves one too many and not one too few.
    end_apart(replaced.task, replaced.id, 'C', 'replaced')
    remove_waiting(replaced.task, replaced.id)
  end
  count('A:' .. queue, 1)
  return { 'ok', t.place, now_text, int(dueAt), flags, terms and terms_line(terms) or '' }
end

-- Tasks without terms whose ids nobody knows, which most are: an index entry for all of them where one by one would write as many.
groups.accept = { arguments = 8, run = function(all)
  local replies = {}
  local keys, numbers, seen = {}, {}, {}
  for n, args in ipairs(all) do
    local id = args[1]
    if not seen[id] then
      keys[#keys + 1] = task_key(id)
      numbers[#numbers + 1] = n
    end
    seen[id] = true
  end
  if #keys < 2 or call('EXISTS', unpack(keys)) > 0 then
    return replies
  end

  local ready, ready_ids, tasks, ids, states = {}, {}, {}, {}, {}
  for i, n in ipairs(numbers) do
    local id, hash, queue, lane, priority, delay, due = unpack(all[n], 1, 7)
    local t, s, identity, k = new_task(hash, queue, lane, priority, instant(delay, due), '-')
    ids[i], tasks[i], states[i] = id, t, { 's', s, 'i', identity, 'k', k }
    if t.due > now then
      add_waiting(t, id)
    else
      ready[#ready + 1], ready_ids[#ready_ids + 1] = t, id
    end
  end
  add_all_ready(ready, ready_ids)
  add_all_to_list(tasks, ids)
  for i, n in ipairs(numbers) do
    local t, definition = tasks[i], all[n][8]
    call('HSET', keys[i], field_of(definition), definition, unpack(states[i]))
    count('A:' .. t.queue, 1)
    replies[n] = { 'ok', t.place, now_text, int(t.due), '-', '' }
  end
  return replies
end }

end
