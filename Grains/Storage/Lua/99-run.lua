local run

do

local function arguments(argv, i)
  return i + 2, i + 1 + tonumber(argv[i + 1])
end

local function run_one(argv, i)
  local ok, reply = pcall(ops[argv[i]], unpack(argv, arguments(argv, i)))
  return ok and reply or { 'error', type(reply) == 'table' and (reply.err or 'unknown') or tostring(reply) }
end

-- Some operations of one kind, by where their arguments begin. What fails together is tried one by one: only what is at fault itself is answered so.
local function run_together(group, argv, at)
  local ok, replies = pcall(group.run, argv, at)
  if not ok then
    -- Some of the numbers may be in use.
    place = seq
    seq = call('INCRBY', prefix .. 'seq', #at)
    replies = {}
  end
  for n, i in ipairs(at) do
    replies[n] = replies[n] or run_one(argv, i - 2)
  end
  return replies
end

-- A call: see 01-prelude for what it is given. Answers { ok, the last sequence number, queues that have to be looked at, now in microseconds,
-- tasks made final apart from the end of an attempt, the answers of the operations... }, or why nothing was done.
run = function(keys, argv)
  -- It is not there while a function is loaded.
  call = redis.call
  if keys[1] ~= epoch_key then
    name_keys(keys[1])
  end
  local epoch
  epoch, life, seq = unpack(call('MGET', epoch_key, prefix .. 'life', prefix .. 'seq'))
  if epoch ~= argv[1] then
    return { 'epoch', epoch or '' }
  end

  -- A sequence number below one that a silo has seen means that the store has lost writes: refuse, so that the silo
  -- offers its running leases again before it goes on. Another silo may have taken the number past what this one had seen,
  -- so the store's life, which is another one then, is compared as well.
  seq = tonumber(seq or '0')
  if seq < tonumber(argv[3]) then
    return { 'rolledback', seq }
  end
  life = life or ''
  if argv[2] ~= '' and argv[2] ~= life then
    return { 'restarted' }
  end

  local time = call('TIME')
  now_us = tonumber(time[1]) * 1000000 + tonumber(time[2])
  now = math.floor(now_us / 1000)
  now_text = int(now)
  place = seq
  local draws = tonumber(argv[4])
  if draws > 0 then
    seq = call('INCRBY', prefix .. 'seq', draws)
  end
  for _, begin in ipairs(begins) do
    begin()
  end

  local opened = {}
  local replies = { 'ok', seq, opened, int(now_us), ended }
  local i = 5
  while i <= #argv do
    local name = argv[i]
    local group = groups[name]
    local at = {}
    while group and argv[i] == name and argv[i + 1] == group.arguments do
      at[#at + 1] = i + 2
      i = i + 2 + tonumber(group.arguments)
    end
    if #at > 0 then
      for _, reply in ipairs(run_together(group, argv, at)) do
        replies[#replies + 1] = reply
      end
    else
      replies[#replies + 1] = run_one(argv, i)
      i = i + 2 + tonumber(argv[i + 1])
    end
  end
  write_counts()
  for queue in pairs(woken) do
    opened[#opened + 1] = queue
  end
  replies[2] = seq
  return replies
end

end
