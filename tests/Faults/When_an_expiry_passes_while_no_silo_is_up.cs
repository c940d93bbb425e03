using Xunit;

namespace TaskGrid.Faults;

public sealed class When_an_expiry_passes_while_no_silo_is_up(ITestOutputHelper output)
{
    [Fact]
    public async Task What_has_expired_is_cancelled_and_never_runs()
    {
        var expiry = TimeSpan.FromSeconds(3);
        await using var grid = await RealGrid.StartAsync(silos: 1, slots: 2);
        var occupants = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => grid.Tasks.SubmitAsync("work", new { milliseconds = 3000 })));
        await grid.UntilAsync(g => g.Executions.Count == 2, "both slots are taken");
        var expiring = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => grid.Tasks.SubmitAsync("work", new { milliseconds = 1 }, new() { ExpiresAfter = expiry })));
        var accepted = RealGrid.Now;
        var lasting = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => grid.Tasks.SubmitAsync("work", new { milliseconds = 1 }, new() { ExpiresAfter = TimeSpan.FromHours(1) })));
        await grid.KillAsync(grid.Silos[0]);
        await grid.UntilAsync(_ => RealGrid.Now - accepted > expiry, "the expiry passes");

        await grid.AddSiloAsync();
        var expired = await grid.FinalAsync(expiring, TimeSpan.FromSeconds(60));
        var ran = await grid.FinalAsync([.. occupants, .. lasting], TimeSpan.FromSeconds(60));
        var runs = grid.Executions;
        var ids = expiring.Select(h => h.Id).ToHashSet();
        output.WriteLine($"N = {expired.Count} expired, of which {runs.Count(r => ids.Contains(r.Id))} ran; {ran.Count} that had not ran");
        Assert.All(expired, s => Assert.Equal((TaskState.Cancelled, "expired"), (s.State, s.Reason)));
        Assert.All(ran, s => Assert.Equal(TaskState.Succeeded, s.State));
        Assert.DoesNotContain(runs, r => ids.Contains(r.Id));
    }
}
