-- A limit that a task was registered with; '' lifts it.
local function declare(letter, name, text)
  local field = letter .. ':' .. name
  if (call('HGET', prefix .. 'limits', field) or '') == text then
    return
  end
  if text == '' then
    call('HDEL', prefix .. 'limits', field)
  else
    count_running({ { letter = letter, is_for = function(_, of) return of == name end } })
    call('HSET', prefix .. 'limits', field, text)
  end
  forget_limits()
end

-- register: silo, capabilities, then for each task that it can run: name, description, the limit of its tasks in a queue and in
-- the grid ('' for none). The capabilities are a hash of the names, so silos of one version share one set. This is also its
-- first beat.
ops.register = function(silo, capabilities, ...)
  local tasks = { ... }
  for i = 1, #tasks, 4 do
    call('SADD', prefix .. 'caps:' .. capabilities, tasks[i])
    call('HSET', prefix .. 'tasks', tasks[i], tasks[i + 1])
    declare('n', tasks[i], tasks[i + 2])
    declare('N', tasks[i], tasks[i + 3])
  end
  call('HSET', silos, silo, now_text .. ' ' .. capabilities .. ' 0 0 0')
  return { 'ok' }
end

-- describe: task name -> ok, description | unknown. A name counts while a silo that is not dead can run it.
ops.describe = function(name)
  local description = call('HGET', prefix .. 'tasks', name)
  if description then
    local all = call('HGETALL', silos)
    for i = 1, #all, 2 do
      local beat, capabilities = string.match(all[i + 1], '^(%S+) (%S+)')
      if beat ~= 'dead' and call('SISMEMBER', prefix .. 'caps:' .. capabilities, name) == 1 then
        return { 'ok', description }
      end
    end
  end
  return { 'unknown' }
end

-- beat: silo, capabilities, what it says of itself -> ok, now, list of silo, beat of all | dead | unknown: it has to register again.
-- One beat stands for all leases of a silo. One that is not on the list is dead as well: it was declared so and its leases are
-- gone since, so a silo that wakes late must not go on as if nothing had been.
ops.beat = function(silo, capabilities, info)
  local last = call('HGET', silos, silo)
  if says_dead(last) then
    return { 'dead' }
  end
  if string.match(last, '^%S+ (%S+)') == no_capabilities then
    return { 'unknown' }
  end
  if tonumber(string.match(last, '^%S+')) > now + 1000 then
    -- The clock has gone back: what waits for an instant of limits would do so for as long.
    for _, queue in ipairs(call('SMEMBERS', queues)) do
      look_at_waits(queue)
    end
  end
  call('HSET', silos, silo, int(now) .. ' ' .. capabilities .. ' ' .. info)
  return { 'ok', int(now), call('HGETALL', silos) }
end

-- beats -> list of silo, beat of all
ops.beats = function()
  return { call('HGETALL', silos) }
end

-- bury: silo, its beat as the judge saw it last -> ok | alive. From here on its leases lapse.
ops.bury = function(silo, seen)
  local beat = call('HGET', silos, silo)
  if not beat or string.sub(beat, 1, 4) == 'dead' then
    return { 'ok' }
  end
  if beat ~= seen then
    return { 'alive' }
  end
  call('HSET', silos, silo, 'dead ' .. beat)
  return { 'ok' }
end

-- leave: silo -> ok | held. A silo without leases goes: after a graceful stop, or when all its leases have lapsed.
ops.leave = function(silo)
  local all = call('HGETALL', leases)
  for i = 2, #all, 2 do
    if parse_lease(all[i]).silo == silo then
      return { 'held' }
    end
  end
  call('HDEL', trials, silo)
  call('DEL', trials .. ':' .. silo, trials .. ':' .. silo .. ':turn')
  call('HDEL', silos, silo)
  return { 'ok' }
end

-- leases: silo, or '' for those of dead silos; at most how many -> list of id, line of each
ops.leases = function(silo, max)
  local out = {}
  local dead = {}
  local all = call('HGETALL', leases)
  for i = 1, #all, 2 do
    if #out >= tonumber(max) * 2 then
      break
    end
    local holder = string.match(all[i + 1], '^%S+ (%S+)')
    if silo == '' and dead[holder] == nil then
      dead[holder] = is_dead(holder)
    end
    if holder == silo or (silo == '' and dead[holder]) then
      out[#out + 1] = all[i]
      out[#out + 1] = all[i + 1]
    end
  end
  return { out }
end

-- survey -> whether an expiry or a deadline has passed, then for each queue that has any work: queue, open lanes, ms until it has
-- to be looked at again (-1: never)
ops.survey = function()
  local out = { #call('ZRANGEBYSCORE', until_index, '-inf', int(now), 'LIMIT', 0, 1) > 0 and '1' or '0' }
  for _, queue in ipairs(call('SMEMBERS', queues)) do
    local open = call('ZCARD', queue_key(queue) .. ':open')
    local look = next_look(queue)
    if open > 0 or look ~= '-1' then
      out[#out + 1] = queue
      out[#out + 1] = int(open)
      out[#out + 1] = look
    end
  end
  return { out }
end
