-- Operations on many tasks, in small steps: each call does some and says where to go on. What was accepted after the operation
-- began (its place is past the cutoff) is left alone. A cursor is a word per phase:
--   t:place       tasks with a tag, past a place
--   d:score:ties  a queue's tasks that are not due, from a score on, past so many with that score
--   o:score       its open lanes, past a score        s:cursor  its shut lanes     r: what runs

-- What is done to one of them. Returns 1 if it was done, and the silo that runs it where a cancel was asked for.
local actions = {
  cancel = function(t, id, argument)
    local silo, asked = cancel(t, id, argument)
    return asked and 0 or 1, silo
  end,
  purge = function(t, id, argument)
    if running_lease(t, id) then
      return 0
    end
    cancel(t, id, argument)
    return 1
  end,
  move = function(t, id, argument)
    local l, left = running_lease(t, id)
    if l or t.queue == argument or argument == '' then
      return 0
    elseif left then
      drop_leftover(t, left, id)
    end
    relocate(t, id, argument)
    return 1
  end,
  retry = function(t, id)
    run_again(t, id)
    return 1
  end,
}

-- Whether whoever runs a task leaves anything to do: a cancel asks once, all else is for what waits.
function actions.is_free(action, t, id)
  local l = running_lease(t, id)
  return not l or action == 'cancel' and l.cancel ~= '1'
end

-- Does it, and notes in `out` whose silo has to hear of a cancel (`asked`: id, silo), and which tasks have changed without anybody being told (`changed`: id, lane, queue).
function actions.act(action, t, id, argument, out)
  local count, silo = actions[action](t, id, argument)
  if silo then
    out.asked[#out.asked + 1] = id
    out.asked[#out.asked + 1] = silo
  end
  if silo or count > 0 and action ~= 'cancel' and action ~= 'purge' then
    for _, word in ipairs({ id, t.lane, t.queue }) do
      out.changed[#out.changed + 1] = word
    end
  end
  return count
end

do

-- Applies an action to those of some ids that are meant.
local function apply(action, argument, ids, meant, out)
  local done = 0
  for _, id in ipairs(ids) do
    local t = read_task(id)
    if t and not is_final(t) and meant(t) then
      done = done + actions.act(action, t, id, argument, out)
    end
  end
  return done
end

local function sweep_tag(action, argument, tag, name, cutoff, cursor, max, out)
  local key = prefix .. 'tag:' .. tag
  local found = call('ZRANGEBYSCORE', key, cursor == '' and '-inf' or '(' .. string.sub(cursor, 3), cutoff, 'WITHSCORES', 'LIMIT', 0, max)
  local ids = {}
  for i = 1, #found, 2 do
    ids[#ids + 1] = found[i]
  end
  local done = apply(action, argument, ids, function(t) return name == '' or string.match(t.lane, '^[^:]+') == name end, out)
  return done, #ids < max and '' or 't:' .. found[#found]
end

local function sweep_due(action, argument, queue, meant, cursor, max, out)
  local score, ties = string.match(cursor, '^d:(%S+):(%d+)$')
  local key = queue_key(queue) .. ':due'
  local found = call('ZRANGEBYSCORE', key, score or '-inf', '+inf', 'WITHSCORES', 'LIMIT', ties or 0, max)
  local ids = {}
  for i = 1, #found, 2 do
    ids[#ids + 1] = found[i]
  end
  local done = apply(action, argument, ids, meant, out)
  if #ids < max then
    return done, 'o:'
  end
  -- What was done is gone from here; what was left of the last score has to be passed over.
  local last = found[#found]
  local left = call('ZCOUNT', key, last, last)
  local same = 0
  for i = 1, #ids do
    if found[i * 2] == last and call('ZSCORE', key, ids[i]) then
      same = same + 1
    end
  end
  return done, 'd:' .. last .. ':' .. int(math.min(left, same + (last == score and tonumber(ties) or 0)))
end

-- Applies an action to the head of a lane: how many it did, whether the lane has no more of those that are meant, and how many it looked at. A lane that has
-- become empty is closed by the next lease, which passes on the room that it may have been reopened for.
local function sweep_lane(action, argument, queue, lane, meant, cutoff, max, out)
  local ids = first_of(queue_key(queue) .. ':l:' .. lane, cutoff, max)
  return apply(action, argument, ids, meant, out), #ids < max, #ids
end

local function sweep_open(action, argument, queue, name, meant, cutoff, cursor, max, out)
  local key = queue_key(queue) .. ':open'
  local from = string.sub(cursor, 3)
  -- A lane costs about as much as ten ids.
  local most = 5 * max
  local looked = 0
  while looked < most do
    local head = call('ZRANGEBYSCORE', key, from == '' and '-inf' or '(' .. from, '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
    local lane = head[1]
    if not lane then
      return 0, 's:0'
    end
    local _, _, of = parse_lane(lane)
    if name == '' or of == name then
      local done, is_over, some = sweep_lane(action, argument, queue, lane, meant, cutoff, max, out)
      if done > 0 then
        return done, 'o:' .. (is_over and head[2] or from)
      end
      looked = looked + some
    end
    from = head[2]
    looked = looked + 10
  end
  return 0, 'o:' .. from
end

local function sweep_shut(action, argument, queue, name, meant, cutoff, cursor, max, out)
  local found = call('HSCAN', queue_key(queue) .. ':shut', string.sub(cursor, 3), 'COUNT', 10)
  local done = 0
  local is_over = true
  for i = 1, #found[2], 2 do
    local lane = found[2][i]
    local _, _, of = parse_lane(lane)
    if name == '' or of == name then
      local some, ended = sweep_lane(action, argument, queue, lane, meant, cutoff, max - done, out)
      done = done + some
      is_over = is_over and (ended or some == 0)
      if done >= max then
        is_over = false
        break
      end
    end
  end
  if not is_over then
    return done, cursor
  end
  return done, found[1] == '0' and 'r:' or 's:' .. found[1]
end

local function sweep_running(action, argument, meant, out)
  local ids = {}
  local all = call('HGETALL', leases)
  for i = 1, #all, 2 do
    ids[#ids + 1] = all[i]
  end
  return apply(action, argument, ids, meant, out)
end

-- sweep: action, its argument, tag or '', queue or '', task name or '', cutoff, cursor ('' at first), how many at most
-- -> ok, how many it did, cursor ('' when all is done), list of id, silo of those that are running and were asked to stop, list of id, lane, queue of those that have changed
ops.sweep = function(action, argument, tag, queue, name, cutoff, cursor, max)
  local out = { asked = {}, changed = {} }
  max = tonumber(max)
  local limit_of_place = tonumber(cutoff)
  if tag ~= '' then
    local done, nxt = sweep_tag(action, argument, tag, name, cutoff, cursor, max, out)
    return { 'ok', int(done), nxt, out.asked, out.changed }
  end
  local function meant(t)
    return t.queue == queue and (name == '' or string.match(t.lane, '^[^:]+') == name) and tonumber(t.place) <= limit_of_place
  end
  local phase = string.sub(cursor, 1, 1)
  local done, nxt
  if phase == '' or phase == 'd' then
    done, nxt = sweep_due(action, argument, queue, meant, cursor, max, out)
  elseif phase == 'o' then
    done, nxt = sweep_open(action, argument, queue, name, meant, cutoff, cursor, max, out)
  elseif phase == 's' then
    done, nxt = sweep_shut(action, argument, queue, name, meant, cutoff, cursor, max, out)
  else
    done, nxt = sweep_running(action, argument, meant, out), ''
  end
  if nxt == 'r:' and action ~= 'cancel' then
    nxt = ''
  end
  return { 'ok', int(done), nxt, out.asked, out.changed }
end

-- expire: how many at most -> ok, how many it looked at. Ends what was to have started, or ended, by now and does not run.
ops.expire = function(max)
  local ids = first_of(until_index, now_text, tonumber(max))
  for _, id in ipairs(ids) do
    local t = read_task(id)
    if not t or is_final(t) then
      call('ZREM', until_index, id)
    else
      local terms = terms_of(t, id)
      local l, found = running_lease(t, id)
      local state = not l and fate(t, terms)
      if state then
        write_fate(t, id, state)
        remove_waiting(t, id)
        if found then
          remove_lease(t, found, id)
        end
      else
        -- It runs, and its silo ends it at its deadline; should that fail, it is looked at again.
        local again = terms.deadline > now and terms.deadline or terms.deadline > 0 and now + 10000
        if not again and l then
          again = now + 10000
        end
        if again then
          call('ZADD', until_index, int(again), id)
        else
          call('ZREM', until_index, id)
        end
      end
    end
  end
  return { 'ok', int(#ids) }
end

end
