local opened = {}
local replies = { 'ok', seq, opened, int(now_us), ended }
local i = 5
while i <= #ARGV do
  local op = ops[ARGV[i]]
  local argc = tonumber(ARGV[i + 1])
  local ok, reply = pcall(op, unpack(ARGV, i + 2, i + 1 + argc))
  if not ok then
    reply = { 'error', type(reply) == 'table' and (reply.err or 'unknown') or tostring(reply) }
  end
  replies[#replies + 1] = reply
  i = i + 2 + argc
end
write_counts()
for queue in pairs(woken) do
  opened[#opened + 1] = queue
end
replies[2] = seq
return replies
