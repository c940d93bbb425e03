using System.Collections.Concurrent;
using System.Globalization;
using TaskGrid.Hosting;
using TaskGrid.Kit;

namespace TaskGrid.Faults.Matrix;

/// <summary>
/// Lets silos end at each of some fault points: a silo is armed with all that are still to be met, ends at the first that it meets, says at
/// which, and is started again.
/// </summary>
/// <param name="grid">The grid.</param>
/// <param name="ledger">What it says yes to, which shows that it works.</param>
/// <param name="points">The points.</param>
internal sealed class FaultPointHunt(RealGrid grid, Ledger ledger, IEnumerable<string> points)
{
    private const int Silos = 6;
    private const int SilosForARecovery = 3;
    private const int TasksBetweenRecoveries = 40;

    // Until so few are left, one is met at almost every step.
    private const int Few = 20;

    private static readonly TimeSpan s_life = TimeSpan.FromSeconds(10);
    // Longer than a silo may show no life.
    private static readonly TimeSpan s_absence = TimeSpan.FromSeconds(8);

    // Met only when the store is another process than before.
    private static readonly string[] s_recovery = [.. new[] { "advance", "reoffer" }.SelectMany(Sides)];

    // Met only when a silo does not come back to its address for a while.
    private static readonly string[] s_absences = [.. new[] { "bury", "lapse" }.SelectMany(Sides)];

    private readonly ConcurrentDictionary<string, int> _left = new(points.Select(p => KeyValuePair.Create(p, Kills)));

    /// <summary>How often each point is to be met: <c>TASKGRID_FAULTS_KILLS</c>, once by default.</summary>
    public static int Kills { get; } = int.TryParse(Environment.GetEnvironmentVariable("TASKGRID_FAULTS_KILLS"), CultureInfo.InvariantCulture, out var n) ? n : 1;

    /// <summary>The points that have not been met often enough.</summary>
    public IReadOnlyList<string> Left => [.. _left.Keys.Order()];

    /// <summary>Until all have been met, or it is to stop; the grid has silos then that are not armed.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var silos = Task.WhenAll(Enumerable.Range(0, Silos).Select(i => EndAndStartAsync(i == 0, new Random(i), stop)));
        await RestartRedisAsync(stop);
        await silos;
    }

    private async Task EndAndStartAsync(bool staysAway, Random random, CancellationToken stop)
    {
        // At its own address it takes over from its predecessor at once; elsewhere it would wait until that one counts as gone.
        // Its gateway is elsewhere each time: clients would go on calling one that starts again and again.
        (string, string)[] address = [("TaskGrid__SiloPort", $"{Ports.Free()}")];
        while (!_left.IsEmpty && !stop.IsCancellationRequested)
        {
            // Two of three silos get some work done first. When few points are left, only half of the silos are to end at each: were all to end in
            // the same moment, it would be a cold start again and again.
            var (passes, armed) = _left.Count > Few ? (random.Next(3) * 100, _left.Keys) : (0, _left.Keys.Where(_ => random.Next(2) == 0));
            string last;
            try
            {
                var silo = await grid.AddSiloAsync([.. address, ("TaskGrid__Faults__ExitAt", string.Join(',', armed)), ("TaskGrid__Faults__ExitAfter", $"{passes}")]);
                await LetLiveAsync(silo, random, stop);
                last = silo.Output;
                grid.Forget(silo);
            }
            catch (InvalidOperationException e)
            {
                // It ended before it was ready: at a point, or since Redis was being restarted, for which Orleans does not wait while it starts.
                last = e.Message;
            }

            Note(last);
            if (staysAway && s_absences.Any(_left.ContainsKey))
            {
                await PauseAsync(s_absence, () => _left.IsEmpty, stop);
            }
        }

        // By now nothing else happens to Redis; it may be loading still.
        await grid.StartSiloAsync(address);
    }

    private static IEnumerable<string> Sides(string change) => [FaultPoint.Before(change), FaultPoint.After(change)];

    private void Note(string output)
    {
        foreach (var point in _left.Keys.Where(p => output.Split('\n').Contains($"{EngineFaults.Farewell} {p}")))
        {
            if (_left.AddOrUpdate(point, 0, (_, n) => n - 1) <= 0)
            {
                _left.TryRemove(point, out _);
            }
        }
    }

    /// <summary>Until it has ended. One that meets nothing for a while is stopped or killed, which some points are about.</summary>
    private async Task LetLiveAsync(ServerProcess silo, Random random, CancellationToken stop)
    {
        await PauseAsync(s_life, () => silo.HasExited || _left.IsEmpty, stop);
        if (silo.HasExited)
        {
            return;
        }

        if (random.Next(2) == 0)
        {
            await silo.StopAsync();
        }
        else
        {
            await silo.KillAsync();
        }
    }

    /// <summary>
    /// Kills Redis when few points are left, some silos work that are to end in what they do then, and the grid has said yes to some tasks since the
    /// last time: a slow machine gets as much done in between as a fast one.
    /// </summary>
    private async Task RestartRedisAsync(CancellationToken stop)
    {
        var seen = 0;
        while (s_recovery.Any(_left.ContainsKey) && !stop.IsCancellationRequested)
        {
            await PauseAsync(Timeout.InfiniteTimeSpan, () => _left.Count <= Few && grid.Living >= SilosForARecovery && ledger.Acknowledged.Count >= seen + TasksBetweenRecoveries, stop);
            if (s_recovery.Any(_left.ContainsKey))
            {
                await grid.Redis.KillWrittenAsync();
                await grid.Redis.RestartAsync();
                seen = ledger.Acknowledged.Count;
            }
        }
    }

    private static async Task PauseAsync(TimeSpan limit, Func<bool> over, CancellationToken stop)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        var since = RealGrid.Now;
        while ((limit == Timeout.InfiniteTimeSpan || RealGrid.Now - since < limit) && !over() && !stop.IsCancellationRequested)
        {
            await tick.WaitForNextTickAsync(CancellationToken.None);
        }
    }
}
