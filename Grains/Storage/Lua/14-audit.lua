-- What was done by hand over HTTP, oldest first: lines of number, instant, HTTP status ('-' while it is not known) and the entry as JSON.
-- Numbers have no gaps, so that a line is found by its number.
do

local audit_length = 10000

local function parse_audit(line)
  return string.match(line, '^(%d+) (%d+) (%S+) (.*)$')
end

local function last_audited()
  local line = call('LINDEX', audit, -1)
  return line and tonumber((parse_audit(line))) or 0
end

-- audit: entry -> ok, its number. Callers repeat what was not answered: the same entry again is the same line.
ops.audit = function(entry)
  for _, line in ipairs(call('LRANGE', audit, -20, -1)) do
    local number, _, _, known = parse_audit(line)
    if known == entry then
      return { 'ok', number }
    end
  end
  local number = int(last_audited() + 1)
  call('RPUSH', audit, number .. ' ' .. now_text .. ' - ' .. entry)
  call('LTRIM', audit, -audit_length, -1)
  return { 'ok', number }
end

-- audited: number, status -> ok | unknown. What came of it.
ops.audited = function(number, status)
  local index = tonumber(number) - last_audited() - 1
  local line = index < 0 and call('LINDEX', audit, index)
  local of, instant, _, entry = parse_audit(line or '')
  if of ~= number then
    return { 'unknown' }
  end
  call('LSET', audit, index, of .. ' ' .. instant .. ' ' .. status .. ' ' .. entry)
  return { 'ok' }
end

-- readaudit: number to stay below ('' for none), how many at most -> lines, oldest first
ops.readaudit = function(below, max)
  local last = last_audited()
  local stop = below == '' and -1 or math.min(-1, tonumber(below) - last - 2)
  return call('LRANGE', audit, stop - tonumber(max) + 1, stop)
end

end
