-- Operations on many tasks over a filter, as lists have it. What is not final is found by going through a list in the order in which it would be shown; what is final
-- lies in buckets, which are gone through one after the other, the oldest first. What is done to a task is done in the call that has found it meant. What was accepted
-- (or has ended, where final tasks are meant) after the operation began is left alone.
do

-- The grid's own tasks are meant where they are asked for by their name or their queue.
local function asks_for_own(filter)
  for _, patterns in ipairs({ filter.queues[1], filter.names[1] }) do
    for _, p in ipairs(patterns) do
      if string.sub(p.text, 1, 9) == 'taskgrid.' then
        return true
      end
    end
  end
  return false
end

-- Whether a task is one that an action is for. Only a move has a target.
local function is_for(action, target, with_own, t, id)
  if not with_own and string.sub(t.lane, 1, 9) == 'taskgrid.' then
    return false
  elseif action == 'retry' then
    return t.state == 'F' or t.state == 'C'
  elseif action == 'forget' then
    return is_final(t)
  end
  return not is_final(t) and t.queue ~= target and actions.is_free(action, t, id)
end

-- Goes on through the buckets of a state (or of a state's retention class) and gives what is meant to `take`, which returns whether it counts: the cursor to go on
-- from, '' when there are no more, and how many were looked at. A cursor is a bucket, how many of it are done, and when it was begun. A task that ended, was run again
-- and ended is in two of them.
local function walk_buckets(state, filter, cursor, limit, most, take)
  local index, letter = prefix .. 'fin:' .. state, string.sub(state, 1, 1)
  local bucket, from, begun = string.match(cursor, '^(%S+) (%d+) (%d+)$')
  from = tonumber(from)
  local scanned, count, read = 0, 0, 0
  while true do
    if not bucket or not call('ZSCORE', index, bucket) then
      -- At first, or it has been forgotten meanwhile: the next one.
      bucket, from = call('ZRANGEBYSCORE', index, begun or '-inf', '+inf', 'LIMIT', 0, 1)[1], 0
      if not bucket then
        return '', scanned
      end
    end
    begun = int(tonumber(call('ZSCORE', index, bucket)))
    local field, number = string.match(bucket, '^(.*):(%d+)$')
    local queue = string.match(field, '^[^:]*:(.*)$')
    local after = call('ZSCORE', index, field .. ':' .. int(tonumber(number) + 1))
    local ids = lists.fits_queue(filter, queue) and call('LRANGE', prefix .. 'fin:' .. bucket, from, -1) or {}
    scanned = scanned + 1
    for i, id in ipairs(ids) do
      local t = read_task(id)
      scanned = scanned + 1
      if t and t.state == letter and t.queue == queue then
        local e = { id = id, t = t, at = tonumber(t.finished) }
        local is_meant, size = lists.fits(filter, e)
        read = read + size
        if is_meant and take(e, after and tonumber(after)) then
          count = count + 1
        end
      end
      if count == limit or scanned >= most or read >= lists.most_text then
        return bucket .. ' ' .. int(from + i) .. ' ' .. begun, scanned
      end
    end
    local rank = call('ZRANK', index, bucket)
    bucket, from = call('ZRANGE', index, rank + 1, rank + 1)[1], 0
    if not bucket then
      return '', scanned
    elseif scanned >= most then
      return bucket .. ' 0 ' .. begun, scanned
    end
  end
end

-- A part of all tasks: A all, Q, R or L by their list, D:queue what is scheduled in a queue; S, F or C, with the seconds of a retention class after an @.
local function walk(part, filter, cursor, limit, most, take)
  local letter, queue = string.match(part, '^(%u):?(.*)$')
  if letter == 'S' or letter == 'F' or letter == 'C' then
    return walk_buckets(part, filter, cursor, limit, most, take)
  end
  filter.state, filter.only = letter, letter == 'D' and queue or nil
  return lists.walk(filter, cursor, limit, most, function(e) return take(e) and 0 or nil end)
end

-- over: action, its argument (a reason, the queue to move to, '' for a retry, the two windows of `forget`), cutoff, part, cursor ('' at first), how many at most, how
-- many to look at at most, filter -> as `sweep`
ops.over = function(action, argument, cutoff, part, cursor, limit, most, ...)
  local filter = lists.read_filter(...)
  local target, with_own = action == 'move' and argument or '', asks_for_own(filter)
  local is_of_final = action == 'retry' or action == 'forget'
  cutoff = tonumber(cutoff)
  local found, out, done = {}, { asked = {}, changed = {} }, 0
  local nxt = walk(part, filter, cursor, tonumber(limit), tonumber(most), function(e)
    if tonumber(is_of_final and e.t.finished or e.t.place) > cutoff or found[e.id] or not is_for(action, target, with_own, e.t, e.id) then
      return false
    end
    found[#found + 1] = e
    found[e.id] = true
    return true
  end)
  -- After the walk, which goes by what this changes.
  for _, e in ipairs(found) do
    done = done + actions.act(action, e.t, e.id, argument, out)
  end
  return { 'ok', int(done), nxt, out.asked, out.changed }
end

-- impactover: action, queue to move to or '', part, cursor ('' at first), how many to look at at most, filter
-- -> ok, how many of these it would change, cursor ('' when that is all), how many were looked at
ops.impactover = function(action, target, part, cursor, most, ...)
  local filter = lists.read_filter(...)
  local with_own = asks_for_own(filter)
  local count, seen = 0, {}
  local nxt, scanned = walk(part, filter, cursor, tonumber(most), tonumber(most), function(e, after)
    -- What ended after the next bucket had been begun is in that one, too.
    if seen[e.id] or after and e.at > after or not is_for(action, target, with_own, e.t, e.id) then
      return false
    end
    seen[e.id] = true
    count = count + 1
    return true
  end)
  return { 'ok', int(count), nxt, int(scanned) }
end

end
