using TaskGrid.Hosting;
using Xunit;

namespace TaskGrid.Faults.Matrix;

/// <summary>Silos end, as by kill -9, at each named place around each change of the store, while tasks of every kind come in.</summary>
[Collection(Alone.Name)]
public sealed class When_silos_end_at_fault_points(ITestOutputHelper output)
{
    private const int MostRounds = 60;

    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(8 * FaultPointHunt.Kills);

    // How long the grid may take for all that is open when silos live again.
    private static readonly TimeSpan s_recovered = TimeSpan.FromMinutes(3);

    // While silos end within seconds of their start, a task that two of them have ended with waits for one that lives on, and on a slow
    // machine that takes long. What is promised is looked at when they live again.
    private static readonly TimeSpan s_patience = s_longest + s_recovered;

    // Met once a minute, by a test of its own.
    private static readonly string[] s_apart = [FaultPoint.Before("prune"), FaultPoint.After("prune")];

    // A silo that lives for seconds would spend half of its processor time on compiling its code a second and a third time.
    private static readonly (string, string)[] s_shortLives = [("DOTNET_TieredPGO", "0"), ("DOTNET_TC_CallCountingDelayMs", "7530")];

    [Fact]
    public async Task Nothing_acknowledged_is_lost_and_nothing_runs_that_must_not()
    {
        var (points, since) = (FaultPoint.All.Except(s_apart).ToList(), RealGrid.Now);
        await using var grid = await RealGrid.StartAsync(silos: 0, settings: [("TaskGrid__CrashLimit", "1000"), .. s_shortLives]);
        var ledger = new Ledger();
        var mixture = new Mixture(grid, ledger, s_patience);
        var hunt = new FaultPointHunt(grid, ledger, points);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        stop.CancelAfter(s_longest);

        var hunting = hunt.RunAsync(stop.Token);
        // For as long as silos live for seconds, some calls that need two or three of them at the same time find none.
        await grid.ConnectAsync(TimeSpan.FromMinutes(10));
        try
        {
            await LoadAsync(grid, mixture, hunting);
        }
        finally
        {
            await stop.CancelAsync();
            output.WriteLine($"not met: {string.Join(", ", hunt.Left)}");
            await hunting;
        }

        var met = points.Count - hunt.Left.Count;
        await mixture.FinalAsync(s_recovered);
        // What has been left behind of a run or a lease shows itself after a silo's time to live: what is final stays as it is all the same.
        await Task.Delay(TimeSpan.FromSeconds(8), TimeProvider.System, TestContext.Current.CancellationToken);
        await mixture.FinalAsync(s_recovered);
        var runs = grid.Executions;
        var findings = Findings.Of(ledger, runs, grid.Deaths);
        output.WriteLine($"N = {ledger.Acknowledged.Count}, {runs.Count} runs, {met} points met {FaultPointHunt.Kills} times in {(RealGrid.Now - since).TotalSeconds:0} s: {findings}");
        Part.Of(ledger.Acknowledged.Count, findings, runs.Count, ("points met", met), ("kills", grid.Deaths.Count)).Keep();
        Assert.Empty(hunt.Left);
        findings.Check();
        Assert.DoesNotContain(runs.Where(r => mixture.Once.Contains(r.Id)).GroupBy(r => r.Id), g => g.Count() > 1);
    }

    /// <summary>Round after round at a steady pace, since one waits for seconds when a silo that it needs has ended: points are met by what goes on beside it.</summary>
    private static async Task LoadAsync(RealGrid grid, Mixture mixture, Task hunting)
    {
        var rounds = new List<Task>();
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(400));
        while (!hunting.IsCompleted)
        {
            if (rounds.Count < MostRounds)
            {
                rounds.Add(mixture.RoundAsync());
            }

            foreach (var round in rounds.Where(r => r.IsCompleted).ToList())
            {
                await round;
                rounds.Remove(round);
            }

            await tick.WaitForNextTickAsync(CancellationToken.None);
        }

        await grid.UntilAsync(_ => rounds.All(r => r.IsCompleted), "all rounds are over, since silos live again", s_recovered);
        await Task.WhenAll(rounds);
    }
}
