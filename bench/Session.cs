namespace TaskGrid.Bench;

/// <summary>
/// Runs scenarios: fresh processes and a fresh Redis for each run, contender after contender, so that what the machine does to one it does to all.
/// </summary>
/// <param name="peers">Those measured beside TaskGrid.</param>
/// <param name="runs">How many runs of each scenario.</param>
/// <param name="isQuick">Whether it is only looked whether everything works: with few tasks, and processes that scenarios share.</param>
internal sealed class Session(IReadOnlyList<Peer> peers, int runs, bool isQuick) : IAsyncDisposable
{
    private const int GridWarmUp = 150_000;
    private const int PeerWarmUp = 10_000;
    private const int QuickScale = 500;
    private const int LeastTasks = 200;
    private const int InFlight = 128;

    private readonly List<Measurement> _measurements = [];
    private readonly Dictionary<object, IContender> _shared = [];

    public IReadOnlyList<Measurement> Measurements => _measurements;

    public async Task RunAsync(Scenario scenario)
    {
        for (var run = 1; run <= Math.Min(runs, scenario.MostRuns); run++)
        {
            await RunGridAsync(scenario, run);
            foreach (var peer in scenario is SharedScenario ? peers : [])
            {
                await RunPeerAsync((SharedScenario)scenario, peer, run);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var contender in _shared.Values)
        {
            await contender.DisposeAsync();
        }
    }

    private Task RunGridAsync(Scenario scenario, int run)
    {
        var shape = (scenario as GridScenario)?.Shape ?? new();
        return WithAsync(shape, async () => await TaskGridContender.StartAsync(shape), Scaled(GridWarmUp), async grid =>
        {
            var count = Scaled(scenario.Count);
            Keep(scenario, grid.Name, run, count, await RunAsync(
                scenario, () => scenario is SharedScenario shared ? shared.RunAsync(grid, count) : ((GridScenario)scenario).RunAsync((TaskGridContender)grid, count)));
        });
    }

    private Task RunPeerAsync(SharedScenario scenario, Peer peer, int run) =>
        WithAsync(peer.Name, async () => await PeerContender.StartAsync(peer), Scaled(PeerWarmUp), async contender =>
        {
            var count = Math.Min(Scaled(scenario.Count), peer.MostTasks);
            Keep(scenario, peer.Name, run, count, await RunAsync(scenario, () => scenario.RunAsync(contender, count)));
        });

    private async Task<Dictionary<string, double>> RunAsync(Scenario scenario, Func<Task<Dictionary<string, double>>> run)
    {
        for (var i = 0; i < scenario.Rehearsals && !isQuick; i++)
        {
            await run();
        }

        return await run();
    }

    private async Task WithAsync(object key, Func<Task<IContender>> start, int warmUp, Func<IContender, Task> act)
    {
        if (!_shared.TryGetValue(key, out var contender))
        {
            contender = await start();
            _shared[key] = contender;
            await WarmUpAsync(contender, warmUp);
        }

        await act(contender);
        if (!isQuick)
        {
            _shared.Remove(key);
            await contender.DisposeAsync();
        }
    }

    private static async Task WarmUpAsync(IContender contender, int count)
    {
        var target = await contender.SucceededAsync() + count;
        await contender.SubmitAsync(count, InFlight);
        await contender.UntilSucceededAsync(target);
        await contender.RoundTripsAsync(Math.Min(count, LeastTasks));
    }

    private int Scaled(int count) => isQuick ? Math.Max(Math.Min(LeastTasks, count), count / QuickScale) : count;

    private void Keep(Scenario scenario, string contender, int run, int count, Dictionary<string, double> figures)
    {
        _measurements.Add(new(scenario.Name, contender, count, figures));
        var first = figures.Take(4).Select(f => $"{f.Key} {Numbers.Show(f.Value)}");
        Console.Error.WriteLine($"{scenario.Name}, {contender}, run {run}, N = {count:#,0}: {string.Join(", ", first)}");
    }
}
