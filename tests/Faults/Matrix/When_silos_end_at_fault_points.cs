using System.Collections.Concurrent;
using System.Globalization;
using TaskGrid.Hosting;
using TaskGrid.Kit;
using Xunit;

namespace TaskGrid.Faults.Matrix;

/// <summary>
/// Silos end, as by kill -9, at each named place around each change of the store, while tasks of every kind come in. A silo is armed
/// with all the points that are still to be met, ends at the first that it meets, says at which, and is started again.
/// </summary>
[Collection(Alone.Name)]
public sealed class When_silos_end_at_fault_points(ITestOutputHelper output)
{
    private const int Silos = 5;
    private const int AtOnce = 8;
    private const int FewLeft = 10;

    // Met once a minute, by a test of its own.
    private static readonly string[] s_apart = ["prune"];

    // Met only when the store is another process than before.
    private static readonly string[] s_recovery = [.. new[] { "advance", "reoffer" }.SelectMany(c => new[] { FaultPoint.Before(c), FaultPoint.After(c) })];

    /// <summary>How often each point is to be met: <c>TASKGRID_FAULTS_KILLS</c>, once by default.</summary>
    private static readonly int s_kills = int.TryParse(Environment.GetEnvironmentVariable("TASKGRID_FAULTS_KILLS"), CultureInfo.InvariantCulture, out var n) ? n : 1;

    [Fact]
    public async Task Nothing_acknowledged_is_lost_and_nothing_runs_that_must_not()
    {
        var left = new ConcurrentDictionary<string, int>(FaultPoint.All.Except(s_apart.SelectMany(c => new[] { FaultPoint.Before(c), FaultPoint.After(c) })).Select(p => KeyValuePair.Create(p, s_kills)));
        var (points, since) = (left.Count, RealGrid.Now);
        await using var grid = await RealGrid.StartAsync(silos: 0, settings: ("TaskGrid__CrashLimit", "1000"));
        var ledger = new Ledger();
        var mixture = new Mixture(grid, ledger);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        stop.CancelAfter(TimeSpan.FromMinutes(8 * s_kills));

        var killing = Task.WhenAll(Enumerable.Range(0, Silos).Select(i => ArmAsync(grid, left, new Random(i), stop.Token)));
        await grid.ConnectAsync();
        var restarting = RestartRedisAsync(grid, left, killing);
        try
        {
            await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(async _ =>
            {
                while (!killing.IsCompleted)
                {
                    await mixture.RoundAsync();
                }
            }));
        }
        finally
        {
            await stop.CancelAsync();
            await killing;
            await restarting;
            output.WriteLine($"not met: {string.Join(", ", left.Keys.Order())}");
        }

        await mixture.FinalAsync(TimeSpan.FromMinutes(3));
        var runs = grid.Executions;
        var findings = Findings.Of(ledger, runs, grid.Deaths);
        output.WriteLine($"N = {ledger.Acknowledged.Count}, {runs.Count} runs, {points - left.Count} points met {s_kills} times in {(RealGrid.Now - since).TotalSeconds:0} s: {findings}");
        Part.Of(ledger.Acknowledged.Count, findings, runs.Count, ("points met", points - left.Count), ("kills", grid.Deaths.Count)).Keep();
        Assert.Empty(left.Keys.Order());
        findings.Check();
        Assert.DoesNotContain(runs.Where(r => mixture.Once.Contains(r.Id)).GroupBy(r => r.Id), g => g.Count() > 1);
    }

    /// <summary>Once a minute, so those that are to meet it live that long.</summary>
    [Fact]
    public async Task Silos_end_while_they_forget_tasks()
    {
        await using var grid = await RealGrid.StartAsync(silos: 1);
        string[] points = [FaultPoint.Before("prune"), FaultPoint.After("prune")];
        var armed = await Task.WhenAll(points.Select(p => grid.AddSiloAsync(("TaskGrid__Faults__ExitAt", p))));
        var ids = await grid.SubmitManyAsync(200, "work", new { milliseconds = 1 }, new());
        await grid.FinalAsync(ids.Select(grid.Tasks.GetHandle), TimeSpan.FromSeconds(60));

        await Task.WhenAll(armed.Select(s => s.ExitedAsync()));
        Assert.All(points.Zip(armed), x => Assert.Contains($"{EngineFaults.Farewell} {x.First}", x.Second.Output, StringComparison.Ordinal));
        // None of them was to be forgotten yet.
        Assert.All(await grid.FinalAsync(ids.Select(grid.Tasks.GetHandle), TimeSpan.FromSeconds(60)), s => Assert.Equal(TaskState.Succeeded, s.State));
    }

    /// <summary>Starts one silo after the other, each armed with what is left, until nothing is; the last one is not armed.</summary>
    private static async Task ArmAsync(RealGrid grid, ConcurrentDictionary<string, int> left, Random random, CancellationToken stop)
    {
        // At its own address it takes over from its predecessor at once; elsewhere it would wait until that one counts as gone.
        // Its gateway is elsewhere each time: clients would go on calling one that starts again and again.
        (string, string)[] address = [("TaskGrid__SiloPort", $"{RedisServer.FreePort()}")];
        while (!left.IsEmpty && !stop.IsCancellationRequested)
        {
            // While many points are left, one is met at almost every step: then two of three silos get some work done before they end.
            var passes = random.Next(3) * (left.Count > FewLeft ? 100 : 1);
            string last;
            try
            {
                var silo = await grid.AddSiloAsync([.. address, ("TaskGrid__Faults__ExitAt", string.Join(',', left.Keys)), ("TaskGrid__Faults__ExitAfter", $"{passes}")]);
                await WaitAsync(silo, left, stop);
                last = silo.Output;
                grid.Forget(silo);
            }
            catch (InvalidOperationException e)
            {
                // It ended before it was ready: at a point, or since Redis was being restarted, for which Orleans does not wait while it starts.
                last = e.Message;
            }

            foreach (var point in left.Keys.Where(p => last.Split('\n').Contains($"{EngineFaults.Farewell} {p}")))
            {
                if (left.AddOrUpdate(point, 0, (_, n) => n - 1) <= 0)
                {
                    left.TryRemove(point, out _);
                }
            }
        }

        try
        {
            await grid.AddSiloAsync(address);
        }
        catch (InvalidOperationException) when (!stop.IsCancellationRequested)
        {
            // The last restart of Redis; there is no other one.
            await grid.AddSiloAsync(address);
        }
    }

    /// <summary>Kills Redis again and again, while there are silos that are to end in what they do then.</summary>
    private static async Task RestartRedisAsync(RealGrid grid, ConcurrentDictionary<string, int> left, Task killing)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromSeconds(5));
        while (!killing.IsCompleted && await tick.WaitForNextTickAsync(CancellationToken.None))
        {
            // As soon as the other points let silos live for so long.
            if (left.Count <= FewLeft && s_recovery.Any(left.ContainsKey))
            {
                await grid.Redis.KillAsync();
                await grid.Redis.RestartAsync();
            }
        }
    }

    /// <summary>Until it has ended. One that meets nothing for a while is stopped, which some points are about.</summary>
    private static async Task WaitAsync(ServerProcess silo, ConcurrentDictionary<string, int> left, CancellationToken stop)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        for (var ticks = 0; ticks < 200 && !silo.HasExited && !left.IsEmpty && !stop.IsCancellationRequested; ticks++)
        {
            await tick.WaitForNextTickAsync(CancellationToken.None);
        }

        if (!silo.HasExited)
        {
            await silo.StopAsync();
        }
    }
}
