-- How many tasks an operation on many would change, before it is begun. Numbers that there are, and records where a name or a tag is asked for: so many of
-- them, after which the number is a least one.
do

local most_looked = 4000
local most_lanes_looked = 2000

local looked, complete

-- How many of some ids are meant; false once too many were looked at.
local function count_ids(next_ids, meant)
  local found = 0
  while true do
    local ids = next_ids()
    if #ids == 0 then
      return found
    end
    for _, id in ipairs(ids) do
      local t = read_task(id)
      if t and meant(t, id) then
        found = found + 1
      end
    end
    looked = looked + #ids
    if looked >= most_looked then
      complete = false
      return found
    end
  end
end

local function by_hundreds(key)
  local from = 0
  return function()
    local ids = call('ZRANGE', key, from, from + 99)
    from = from + 100
    return ids
  end
end

local function has_name(t, name)
  return name == '' or string.match(t.lane, '^[^:]+') == name
end

local function count_waiting(queue, name)
  local key = queue_key(queue)
  local found = 0
  if name == '' then
    found = call('ZCARD', key .. ':due')
  else
    found = count_ids(by_hundreds(key .. ':due'), function(t, id)
      return not is_final(t) and t.queue == queue and has_name(t, name) and not running_lease(t, id)
    end)
  end
  local function add_lanes(lanes)
    for i, lane in ipairs(lanes) do
      local _, _, of = parse_lane(lane)
      if name == '' or of == name then
        found = found + call('ZCARD', key .. ':l:' .. lane)
      end
      if i >= most_lanes_looked then
        complete = false
        return
      end
    end
  end
  add_lanes(call('ZRANGE', key .. ':open', 0, most_lanes_looked))
  add_lanes(call('HKEYS', key .. ':shut'))
  return found
end

local function count_running(queue, name)
  local found = 0
  local all = call('HGETALL', leases)
  for i = 1, #all, 2 do
    local t = read_task(all[i])
    local l = parse_lease(all[i + 1])
    if t and l.cancel ~= '1' and not is_leftover(t, l) and (queue == '' or t.queue == queue) and has_name(t, name) then
      found = found + 1
    end
  end
  return found
end

-- impact: action (cancel, purge or move), queue to move to or '', tag or '', queue or '', task name or ''
-- -> how many tasks it would change, whether that is all of them
ops.impact = function(action, target, tag, queue, name)
  looked, complete = 0, true
  local found = 0
  if tag ~= '' then
    found = count_ids(by_hundreds(prefix .. 'tag:' .. tag), function(t, id)
      return not is_final(t) and has_name(t, name) and t.queue ~= target and actions.is_free(action, t, id)
    end)
  else
    for _, of in ipairs(queue == '' and call('SMEMBERS', queues) or { queue }) do
      found = found + (of == target and 0 or count_waiting(of, name))
    end
    if action == 'cancel' then
      found = found + count_running(queue, name)
    end
  end
  return { int(found), complete and '1' or '0' }
end

end
