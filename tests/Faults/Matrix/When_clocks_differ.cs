using System.Collections.Concurrent;
using TaskGrid.Kit;
using Xunit;

namespace TaskGrid.Faults.Matrix;

/// <summary>A clock of the day is an hour off: what is due goes by the store's, and who lives by nobody's.</summary>
[Collection(Alone.Name)]
public sealed class When_clocks_differ(ITestOutputHelper output)
{
    private const string NoLibrary = "libfaketime is not installed (Debian: apt-get install libfaketime)";

    private readonly ConcurrentDictionary<string, TimeSpan> _earliest = new();
    private readonly ConcurrentBag<double> _late = [];

    [Theory]
    [InlineData("+1h")]
    [InlineData("-1h")]
    public async Task One_of_them_is_an_hour_off(string off)
    {
        Assert.SkipWhen(FakeClock.Library is null, NoLibrary);
        using var clock = new FakeClock(off);
        await using var grid = await HurtGrid.StartAsync(new());
        var odd = await ReplaceAsync(grid, clock);
        var report = await grid.RunAsync(ledger => SubmitDueAsync(grid, ledger, 60));
        Check(report, odd);
        Assert.Empty(AtTheRightTime(report)[odd.Silo.Pid]);
    }

    /// <summary>As when somebody sets it, and sets it back.</summary>
    [Theory(Explicit = true)]
    [InlineData("+1h")]
    [InlineData("-1h")]
    public async Task One_of_them_jumps_by_an_hour_and_back(string off)
    {
        Assert.SkipWhen(FakeClock.Library is null, NoLibrary);
        using var clock = new FakeClock();
        await using var grid = await HurtGrid.StartAsync(new());
        var odd = await ReplaceAsync(grid, clock);
        var backAt = TimeSpan.Zero;
        var report = await grid.RunAsync(async ledger =>
        {
            // Some become due before it jumps, some when it is off, and some when it is back.
            var due = SubmitDueAsync(grid, ledger, 200);
            await PauseAsync(5);
            clock.Set(off);
            await PauseAsync(10);
            clock.Set("+0");
            await PauseAsync(2);
            backAt = RealGrid.Now;
            await due;
        });
        Check(report, odd);
        Assert.Contains(AtTheRightTime(report)[odd.Silo.Pid], r => r.StartedAt > backAt);
    }

    /// <summary>What is due goes by it, so it may come early or late. Nothing else does.</summary>
    [Theory(Explicit = true)]
    [InlineData("+1h")]
    [InlineData("-1h")]
    public async Task That_of_Redis_jumps_by_an_hour_and_back(string off)
    {
        Assert.SkipWhen(FakeClock.Library is null, NoLibrary);
        Assert.SkipWhen(RedisServer.Path is null, "redis-server is not installed (Debian: apt-get install redis-server)");
        using var clock = new FakeClock();
        await using var grid = await HurtGrid.StartAsync(new() { On = await RedisServer.StartAfterAsync(clock.Runner) });
        var report = await grid.RunAsync(async ledger =>
        {
            clock.Set(off);
            await PauseAsync(20);
            Assert.InRange((await grid.Redis.TimeAsync() - TimeProvider.System.GetUtcNow()).Duration(), TimeSpan.FromMinutes(50), TimeSpan.FromMinutes(70));
            clock.Set("+0");
            await PauseAsync(10);
            Assert.True((await grid.Redis.TimeAsync() - TimeProvider.System.GetUtcNow()).Duration() < TimeSpan.FromMinutes(10));
            await SubmitDueAsync(grid, ledger, 60);
        });
        report.Say(output, ("started after its due time, at most, s", _late.Max()));
        CheckDue(report);
        report.Check();
    }

    private static async Task<Member> ReplaceAsync(HurtGrid grid, FakeClock clock)
    {
        await grid.KillAsync(grid.Members[0]);
        return await grid.AddAsync(clock.Settings);
    }

    /// <summary>Tasks that are due one after the other, ten a second from 2 seconds on; returns when all have ended.</summary>
    private Task SubmitDueAsync(HurtGrid grid, Ledger ledger, int count) => Task.WhenAll(Enumerable.Range(0, count).Select(async i =>
    {
        var (delay, since) = (2 + (i / 10.0), RealGrid.Now);
        var id = await grid.Web.SubmitAsync(ledger, "work", new { milliseconds = 1 }, new() { ["delay"] = delay, ["queue"] = $"q{i % 6}" });
        _earliest[id] = since + TimeSpan.FromSeconds(delay);
        var ended = await grid.Web.FinalAsync(ledger, id, TimeSpan.FromSeconds(60));
        _late.Add((ended.GetProperty("startedAt").GetDateTimeOffset() - ended.GetProperty("dueAt").GetDateTimeOffset()).TotalSeconds);
    }));

    private void Check(CaseReport report, Member odd)
    {
        report.Say(output, ("started after its due time, at most, s", _late.Max()), ("runs on the odd silo", report.Runs.Count(r => r.Pid == odd.Silo.Pid)));
        CheckDue(report);
        Assert.Contains(report.Runs, r => r.Pid == odd.Silo.Pid && Off(r) is var off && off > TimeSpan.FromMinutes(50) && off < TimeSpan.FromMinutes(70));
        Assert.All(report.Runs.Where(r => r.Pid != odd.Silo.Pid), r => Assert.True(Off(r) < TimeSpan.FromMinutes(10)));
        report.Check();
    }

    private void CheckDue(CaseReport report)
    {
        Assert.All(_late, l => Assert.InRange(l, 0, 1));
        // By a clock that they all share, whatever the grid says.
        Assert.All(report.Runs.Where(r => _earliest.ContainsKey(r.Id)), r => Assert.True(r.StartedAt >= _earliest[r.Id], $"{r} began too early"));
    }

    /// <summary>By process: the runs whose code saw the clock that the others see.</summary>
    private static ILookup<int, Execution> AtTheRightTime(CaseReport report) => report.Runs.Where(r => Off(r) < TimeSpan.FromMinutes(10)).ToLookup(r => r.Pid);

    private static TimeSpan Off(Execution run) => (run.Clock - TimeProvider.System.GetUtcNow()).Duration();

    private static Task PauseAsync(int seconds) => RealGrid.UntilAsync(RealGrid.Now + TimeSpan.FromSeconds(seconds));
}
