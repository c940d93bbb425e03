using TaskGrid.Store.Model;

namespace TaskGrid.Store;

/// <summary>
/// Order, limits, rates, expiry, uniqueness and changes, against a plain model of the rules: 100,000 random operations on Redis, and
/// fewer on the slower embedded store.
/// </summary>
public sealed class When_anything_happens_in_any_order(StoreServers servers) : StoreTest(servers)
{
    [Theory, OnEveryStore(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)]
    public async Task The_store_does_what_the_model_says(StoreKind store, int seed)
    {
        var grid = await OpenAsync(store);
        await new ModelRun(grid, seed).RunAsync(store == StoreKind.Redis ? 10_000 : 1_000);
    }

    /// <summary>Rules that are broken on purpose: the model has to notice.</summary>
    [Theory]
    [InlineData("room = l.concurrency - call(", "room = 1 + l.concurrency - call(")]
    [InlineData("return_permits(t.queue, t.lane, l.permits, id)", "")]
    [InlineData("call('SADD', prefix .. 'hold:' .. l.scope, unpack(ids))", "")]
    [InlineData("  count_running(new)\n", "\n")]
    [InlineData("room = math.min(room, math.floor((now_us - used) / l.interval))", "")]
    [InlineData("local slack = 0.5", "local slack = 5")]
    [InlineData("      pass_on(queue, lane, limits, full)\n", "\n")]
    [InlineData("return int((9 - tonumber(priority)) * priority_span + tonumber(head))", "return int(tonumber(head))")]
    [InlineData("bound = int(tonumber(next_score) - tonumber(lane_score(priority, 0)))", "")]
    [InlineData("want = math.min(want, room, idle - taken)", "want = math.min(want, room)")]
    [InlineData("if counts and now >= terms.expires then", "if counts and now > terms.expires + 100 then")]
    [InlineData("elseif mode == 'u' then", "elseif mode == 'never' then")]
    [InlineData("now + tonumber(delay) >= terms.deadline", "now >= terms.deadline")]
    [InlineData("if l.cancel == '1' and outcome ~= 'S' and outcome ~= 'C' then", "if false then")]
    public async Task A_broken_rule_is_caught(string rule, string broken)
    {
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
