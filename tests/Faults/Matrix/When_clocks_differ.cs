using System.Collections.Concurrent;
using Xunit;

namespace TaskGrid.Faults.Matrix;

/// <summary>One silo's clock of the day is an hour off: what is due, and who lives, goes by the store's clock.</summary>
[Collection(Alone.Name)]
public sealed class When_clocks_differ(ITestOutputHelper output)
{
    private static readonly string? s_library =
        Directory.Exists("/usr/lib") ? Directory.EnumerateDirectories("/usr/lib").Select(d => Path.Combine(d, "faketime", "libfaketime.so.1")).FirstOrDefault(File.Exists) : null;

    [Theory]
    [InlineData("+1h")]
    [InlineData("-1h")]
    public async Task One_of_them_is_an_hour_off(string off)
    {
        Assert.SkipWhen(s_library is null, "libfaketime is not installed (Debian: apt-get install libfaketime)");
        await using var grid = await HurtGrid.StartAsync(new());
        await grid.KillAsync(grid.Members[0]);
        var odd = await grid.AddAsync(("LD_PRELOAD", s_library), ("FAKETIME", off), ("FAKETIME_DONT_FAKE_MONOTONIC", "1"), ("FAKETIME_FORCE_MONOTONIC_FIX", "0"));
        var late = new List<double>();
        var earliest = new ConcurrentDictionary<string, TimeSpan>();
        var report = await grid.RunAsync(async ledger =>
        {
            var due = await Task.WhenAll(Enumerable.Range(0, 60).Select(async i =>
            {
                var (delay, since) = (2 + (i / 10.0), RealGrid.Now);
                var id = await grid.Web.SubmitAsync(ledger, "work", new { milliseconds = 1 }, new() { ["delay"] = delay, ["queue"] = $"q{i % 6}" });
                earliest[id] = since + TimeSpan.FromSeconds(delay);
                return await grid.Web.FinalAsync(ledger, id, TimeSpan.FromSeconds(60));
            }));
            late.AddRange(due.Select(s => (s.GetProperty("startedAt").GetDateTimeOffset() - s.GetProperty("dueAt").GetDateTimeOffset()).TotalSeconds));
        });
        report.Say(output, ("started after its due time, at most, s", late.Max()), ("runs on the odd silo", report.Runs.Count(r => r.Pid == odd.Silo.Pid)));
        Assert.All(late, l => Assert.InRange(l, 0, 1));
        // By a clock that they all share, whatever the grid says; and the odd silo's is an hour off.
        Assert.All(report.Runs.Where(r => earliest.ContainsKey(r.Id)), r => Assert.True(r.StartedAt >= earliest[r.Id], $"{r} began too early"));
        var clocks = report.Runs.ToLookup(r => r.Pid == odd.Silo.Pid, r => (r.Clock - TimeProvider.System.GetUtcNow()).Duration());
        Assert.NotEmpty(clocks[true]);
        Assert.All(clocks[true], c => Assert.InRange(c, TimeSpan.FromMinutes(50), TimeSpan.FromMinutes(70)));
        Assert.All(clocks[false], c => Assert.InRange(c, TimeSpan.Zero, TimeSpan.FromMinutes(10)));
        // Nobody was taken for dead, and nothing was begun before its time.
        Assert.Equal(0, report.Findings.Repeated);
        Assert.Equal(3, grid.Members.Count(m => !m.Silo.HasExited));
        report.Check();
    }
}
