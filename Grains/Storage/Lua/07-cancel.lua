-- Cancels a task: at once when it is not leased, else by a flag on its lease. A leftover lease does not run: a flag on it would
-- go with it. Returns the silo that runs it, if one does, and whether it had been asked before.
local function cancel(t, id, reason)
  local l, found = running_lease(t, id)
  if l then
    local asked = l.cancel == '1'
    if not asked then
      l.cancel = '1'
      call('HSET', leases, id, lease_line(l))
    end
    return l.silo, asked
  end
  end_apart(t, id, 'C', reason)
  remove_waiting(t, id)
  if found then
    remove_lease(t, found, id)
  end
  return nil
end

-- cancel: id, reason -> unknown | final | cancelled | requested, silo
ops.cancel = function(id, reason)
  local t = read_task(id)
  if not t then
    return { 'unknown' }
  end
  if is_final(t) then
    return { 'final' }
  end
  local silo = cancel(t, id, reason)
  return silo and { 'requested', silo } or { 'cancelled' }
end
