-- All tasks in the order of their acceptance: ids in a list for each 1,024 places, and the numbers of these lists in the sorted set
-- `list`. One that was run again comes with the instant of that after its id, since its record knows only when it was accepted first. An id is added before its
-- record is written. When it is forgotten, or goes to another place, it stays where it is and is counted in `listgone`: a list of which few are left is written
-- anew.
local function list_of(place)
  return int(math.floor(tonumber(place) / 1024))
end

local function list_key(number)
  return prefix .. 'list:' .. number
end

local listed

at_call(function()
  listed = {}
end)

local function id_in_list(entry)
  return string.match(entry, '^%S+')
end

-- Entries of one list, in the order of their places.
local function push_to_list(number, ...)
  if not listed[number] then
    call('ZADD', list_index, number, number)
    listed[number] = true
  end
  call('RPUSH', list_key(number), ...)
end

local function add_to_list(t, entry)
  push_to_list(list_of(t.place), entry)
end

-- The same for several, whose places follow one another.
local function add_all_to_list(first, ids)
  local from = 1
  while from <= #ids do
    local number = math.floor((first + from - 1) / 1024)
    local to = math.min(#ids, (number + 1) * 1024 - first)
    push_to_list(int(number), unpack(ids, from, to))
    from = to + 1
  end
end

-- Before a task leaves its place.
local function count_gone(t)
  return call('HINCRBY', prefix .. 'listgone', list_of(t.place), 1)
end

-- Writes down again what is left of a list: of an id that is there twice, having been run again, the later place. A cut between the two steps leaves all
-- of it twice, once more in its order.
local function rewrite_list(number, length)
  local key = list_key(number)
  local left, seen = {}, {}
  local entries = call('LRANGE', key, 0, -1)
  for i = #entries, 1, -1 do
    local id = id_in_list(entries[i])
    local t = not seen[id] and read_task(id)
    if t and list_of(t.place) == number then
      left[#left + 1] = entries[i]
    end
    seen[id] = true
  end
  local kept = {}
  for i = #left, 1, -1 do
    kept[#kept + 1] = left[i]
  end
  if #kept == 0 then
    call('DEL', key)
    call('ZREM', list_index, number)
    listed[number] = nil
  else
    call('RPUSH', key, unpack(kept))
    call('LTRIM', key, length, -1)
  end
  call('HDEL', prefix .. 'listgone', number)
end

-- After it has left it.
local function leave_list(place, gone)
  local number = list_of(place)
  local length = call('LLEN', list_key(number))
  if gone * 8 >= length * 7 then
    rewrite_list(number, length)
  end
end
