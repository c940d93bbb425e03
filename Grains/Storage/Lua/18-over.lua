-- Operations on many tasks over a filter, as lists have it: a list is gone through in the order in which it would be shown, and what is done to a task is done in the
-- call that has found it meant. What was accepted (or has ended, where final tasks are meant) after the operation began is left alone.
do

-- Whether a task is one that an action is for. Only a move has a target.
local function is_for(action, target, t, id)
  if action == 'retry' then
    return t.state == 'F' or t.state == 'C'
  elseif action == 'forget' then
    return is_final(t)
  end
  return not is_final(t) and (action == 'cancel' or t.queue ~= target and not running_lease(t, id))
end

local function is_early(action, t, cutoff)
  local is_of_final = action == 'retry' or action == 'forget'
  return tonumber(is_of_final and t.finished or t.place) <= cutoff
end

-- over: action, its argument (a reason, the queue to move to, '' for a retry, the two windows of `forget`), cutoff, cursor ('' at first), how many at most, how many
-- to look at at most, filter -> ok, how many it did, cursor ('' when all is done), list of id, silo of those that are running and were asked to stop
ops.over = function(action, argument, cutoff, cursor, limit, most, ...)
  local target = action == 'move' and argument or ''
  cutoff = tonumber(cutoff)
  local found, out, done = {}, {}, 0
  local nxt = lists.walk(lists.read_filter(...), cursor, tonumber(limit), tonumber(most), function(e)
    if not is_early(action, e.t, cutoff) or not is_for(action, target, e.t, e.id) then
      return nil
    end
    found[#found + 1] = e
    return 0
  end)
  -- After the walk, which goes by what this changes, and has found each once.
  for _, e in ipairs(found) do
    local count, silo = actions[action](e.t, e.id, argument)
    done = done + count
    if silo then
      out[#out + 1] = e.id
      out[#out + 1] = silo
    end
  end
  return { 'ok', int(done), nxt, out }
end

-- impactover: action, queue to move to or '', cursor ('' at first), how many to look at at most, filter
-- -> ok, how many of these it would change, cursor ('' when that is all), how many were looked at
ops.impactover = function(action, target, cursor, most, ...)
  local count = 0
  local nxt, scanned = lists.walk(lists.read_filter(...), cursor, tonumber(most), tonumber(most), function(e)
    if not is_for(action, target, e.t, e.id) then
      return nil
    end
    count = count + 1
    return 0
  end)
  return { 'ok', int(count), nxt, int(scanned) }
end

end
