using Xunit;

namespace TaskGrid.Faults.Matrix;

/// <summary>Everything goes to one queue, and most of it to one concurrency key of it.</summary>
[Collection(Alone.Name)]
public sealed class When_a_key_is_hot(HurtGrid grid, ITestOutputHelper output) : IClassFixture<HurtGrid>
{
    // Short enough to leave slots free: where the load takes nearly all, what the submits have held up of it is made up for slowly,
    // and a task without the key waits for the load before it, not for the key.
    private const int LoadMilliseconds = 50;

    [Fact(Explicit = true)]
    public async Task The_others_are_not_held_up()
    {
        const int limit = 10;
        var hot = new HashSet<string>();
        var delays = new List<TimeSpan>();
        var report = await grid.RunAsync(async ledger =>
        {
            var options = new Dictionary<string, object> { ["concurrencyKey"] = "hot", ["concurrencyLimit"] = limit };
            // Some at a time: on a slow machine so many at once would be about bursts, whose requests time out.
            foreach (var some in Enumerable.Range(0, 2 * HurtGrid.N).Chunk(1000))
            {
                hot.UnionWith(await Task.WhenAll(some.Select(_ => grid.Web.SubmitAsync(ledger, "work", new { milliseconds = 20 }, options))));
            }

            for (var i = 0; i < 100; i++)
            {
                var since = RealGrid.Now;
                var id = await grid.Web.SubmitAsync(ledger, "work", new { milliseconds = 1 });
                await grid.Web.FinalAsync(ledger, id, TimeSpan.FromSeconds(60));
                delays.Add(RealGrid.Now - since);
            }

            await Parallel.ForEachAsync(hot, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (id, _) => await grid.Web.FinalAsync(ledger, id, TimeSpan.FromMinutes(5)));
        }, LoadMilliseconds);
        delays.Sort();
        var most = Load.MostAtOnce(report.Runs.Where(r => hot.Contains(r.Id)), grid.Deaths);
        report.Say(output, ("a task without the key, submit to result, p99, s", delays[98].TotalSeconds), ("at once with the key, of 10", most));
        Assert.InRange(most, 1, limit);
        Assert.True(delays[98] < TimeSpan.FromSeconds(5), $"p99 is {delays[98].TotalSeconds:0.0} s");
        report.Check();
    }
}
