using TaskGrid.Kit;
using TaskGrid.Store.Model;

namespace TaskGrid.Store;

/// <summary>Rules that are broken on purpose: the model has to notice. Apart from the runs of the true rules, so that both go at once.</summary>
public sealed class When_a_rule_is_broken(StoreServers servers) : StoreTest(servers)
{
    [Theory]
    [InlineData("room = l.concurrency - call(", "room = 1 + l.concurrency - call(")]
    [InlineData("return_permits(t.queue, t.lane, l.permits, id)", "")]
    [InlineData("call('SADD', prefix .. 'hold:' .. l.scope, unpack(ids))", "")]
    [InlineData("  count_running(new)\n", "\n")]
    [InlineData("room = math.min(room, math.floor((now_us + ahead - used) / l.interval))", "")]
    [InlineData("local slack = 0.25", "local slack = 5")]
    [InlineData("at = math.max(at, r.used + r.limit.interval)", "")]
    [InlineData("if tonumber(started) >= math.ceil(last / 1000) then", "if true then")]
    [InlineData("      pass_on(queue, lane, limits, full)\n", "\n")]
    [InlineData("return int((9 - tonumber(priority)) * priority_span + tonumber(head))", "return int(tonumber(head))")]
    [InlineData("bound = int(tonumber(next_score) - tonumber(lane_score(priority, 0)))", "")]
    [InlineData("want = math.min(want, room, idle - taken)", "want = math.min(want, room)")]
    [InlineData("if counts and now >= terms.expires then", "if counts and now > terms.expires + 100 then")]
    [InlineData("elseif mode == 'u' then", "elseif mode == 'never' then")]
    [InlineData("if other and other ~= id and mode == 't' then", "if false then")]
    [InlineData("return nil, t.attempt == 0 and not running_lease(t, other) and { id = other, task = t } or nil", "return nil, nil")]
    [InlineData("return nil, t.attempt == 0 and not running_lease(t, other) and { id = other, task = t } or nil", "return nil, { id = other, task = t }")]
    [InlineData("if mode == 'd' and dueAt == 0 then", "if false then")]
    [InlineData("now + tonumber(delay) >= terms.deadline", "now >= terms.deadline")]
    [InlineData("if l.cancel == '1' and outcome ~= 'S' and outcome ~= 'C' then", "if false then")]
    [InlineData("call('SADD', prefix .. 'hold:' .. scope_of(letter, t.queue, name, key), id)", "local _ = 0")]
    [InlineData("  remove_waiting(t, id)\n  return { 'ok' }", "  return { 'ok' }")]
    [InlineData("  note_spans(due, created, started_of(l))\n", "\n")]
    [InlineData("note_spans(t.due, t.created, t.started)", "")]
    [InlineData("if outcome ~= 'Z' and outcome ~= 'C' then", "if outcome ~= 'C' then")]
    [InlineData("started - math.max(tonumber(due), tonumber(created))", "started - tonumber(created)")]
    [InlineData("call('ZCOUNT', retrying, '(' .. now_text, '+inf'), 0", "0, 0")]
    [InlineData("    ready = ready + ready_in(queue)\n", "    ready = ready_in(queue)\n")]
    [InlineData("    if l.token == token then\n      return l", "    if true then\n      return l")]
    [InlineData("  if t.hash ~= hash then\n    return { 'exists' }", "  if false then\n    return { 'exists' }")]
    [InlineData("return forgotten and { forgotten == hash and 'forgotten' or 'exists' }", "return nil")]
    [InlineData("if not t or is_final(t) or t.issued >= tonumber(l.token) then", "if not t then")]
    [InlineData("if not l or not is_dead(l.silo) then", "if not l then")]
    [InlineData("'k', e.k, 'r', e.result)", "'k', e.k, 'r', ends[1].result)")]
    [InlineData("  elseif t.crashes >= tonumber(limit) then", "  elseif false then")]
    [InlineData("  elseif l.begun == '1' and has(t.flags, 'm') then", "  elseif false then")]
    public async Task The_model_notices(string rule, string broken)
    {
        Assert.SkipWhen(RedisServer.Path is null, "redis-server is not on the PATH.");
        var script = Storage.EngineScript.Text;
        Assert.Contains(rule, script, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ModelMismatchException>(async () =>
        {
            for (var seed = 1; seed <= 5; seed++)
            {
                await using var grid = await OpenChangedAsync(StoreKind.Redis, text => text.Replace(rule, broken, StringComparison.Ordinal));
                await new ModelRun(grid, seed).RunAsync(2000);
            }
        });
    }
}
