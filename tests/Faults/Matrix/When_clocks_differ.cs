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
        var report = await grid.RunAsync(async ledger =>
        {
            var due = await Task.WhenAll(Enumerable.Range(0, 60).Select(async i =>
            {
                var id = await grid.Web.SubmitAsync(ledger, "work", new { milliseconds = 1 }, new() { ["delay"] = 2 + (i / 10.0), ["queue"] = $"q{i % 6}" });
                return await grid.Web.FinalAsync(ledger, id, TimeSpan.FromSeconds(60));
            }));
            late.AddRange(due.Select(s => (s.GetProperty("startedAt").GetDateTimeOffset() - s.GetProperty("dueAt").GetDateTimeOffset()).TotalSeconds));
        });
        report.Say(output, ("started after its due time, at most, s", late.Max()), ("runs on the odd silo", report.Runs.Count(r => r.Pid == odd.Silo.Pid)));
        Assert.All(late, l => Assert.InRange(l, 0, 1));
        Assert.Contains(report.Runs, r => r.Pid == odd.Silo.Pid);
        // Nobody was taken for dead, and nothing was begun before its time.
        Assert.Equal(0, report.Findings.Repeated);
        Assert.Equal(3, grid.Members.Count(m => !m.Silo.HasExited));
        report.Check();
    }
}
