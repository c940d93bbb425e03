using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using TaskGrid.Testing;
using Xunit;

namespace TaskGrid.Scenarios;

/// <summary>Limits and turns, by what the handlers of two silos saw of one another.</summary>
public sealed class When_starts_are_limited
{
    private readonly ConcurrentQueue<(string Name, DateTimeOffset At)> _starts = [];
    private readonly Lock _gate = new();
    private TaskCompletionSource _together = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _running;
    private int _awaited;
    private int _most;

    private IEnumerable<string> Names => _starts.Select(s => s.Name);

    [Fact]
    public async Task A_serial_lane_keeps_the_order_of_its_submits()
    {
        await using var grid = await StartAsync(silos: 2);
        var names = Enumerable.Range(0, 30).Select(i => $"t{i:00}").ToList();
        await RunAsync(grid, names, new() { ConcurrencyKey = "account:7", ConcurrencyLimit = 1 });
        Assert.Equal(names, Names);
        Assert.Equal(1, _most);
    }

    [Fact]
    public async Task A_key_has_its_limit_and_leaves_others_alone()
    {
        await using var grid = await StartAsync(silos: 2);
        await grid.Queues.ConfigureAsync("default", new() { EachKeyLimits = new(3) });
        await RunAsync(grid, [.. Enumerable.Range(0, 20).Select(i => $"t{i}")], new() { ConcurrencyKey = "tenant:42" }, milliseconds: 40, together: 3);
        Assert.Equal(3, _most);
        await RunEachAsync(grid, [.. Enumerable.Range(0, 8).Select(i => $"u{i}")], i => new() { ConcurrencyKey = $"tenant:{i % 4}" }, together: 8);
        Assert.Equal(8, _most);
    }

    [Theory]
    [InlineData("queue")]
    [InlineData("name")]
    public async Task A_queue_and_a_name_in_it_have_theirs(string of)
    {
        await using var grid = await StartAsync(silos: 2);
        await grid.Queues.ConfigureAsync("default", of == "queue" ? new() { Limits = new(4) } : new() { TaskLimits = new Dictionary<string, Limits> { ["run"] = new(4) } });
        await RunAsync(grid, [.. Enumerable.Range(0, 24).Select(i => $"t{i}")], new(), milliseconds: 40, together: 4);
        Assert.Equal(4, _most);
    }

    [Fact]
    public async Task A_limit_of_the_grid_spans_its_queues()
    {
        await using var grid = await StartAsync(silos: 2, o => o.GridConcurrency = 3);
        await RunEachAsync(grid, [.. Enumerable.Range(0, 24).Select(i => $"t{i}")], i => new() { Queue = i % 2 == 0 ? "left" : "right" }, milliseconds: 40, together: 3);
        Assert.Equal(3, _most);
    }

    /// <summary>
    /// By the instants that the store gave out, which no pause of this process moves: a handler may begin later than its own, the first one too. They are
    /// held to half an interval: a quarter may be made up for what came late, and what ends before its instant, by the silo's idea of the store's clock, is
    /// kept as started when it ended.
    /// </summary>
    [Fact]
    public async Task A_rate_lets_its_burst_start_at_once_and_spaces_the_others()
    {
        await using var grid = await StartAsync(silos: 2);
        await RunAsync(grid, ["warm"], new() { Queue = "warm" });
        await grid.Queues.ConfigureAsync("default", new() { Limits = new(Rate: RateLimit.PerSecond(20, burst: 3)) });
        var names = Enumerable.Range(0, 20).Select(i => $"t{i}").ToList();
        var instants = (await RunAsync(grid, names, new())).Select(s => s.StartedAt!.Value).ToList();
        var ordered = instants.Order().ToList();
        Assert.All(ordered.Skip(3), (at, i) => Assert.True(at - ordered[0] >= TimeSpan.FromMilliseconds((i + 0.5) * 50), $"instant {i + 3} is {at - ordered[0]} after the first"));
        var begun = _starts.ToDictionary(s => s.Name, s => s.At);
        // The store's clock is known to within a part of a call to it.
        Assert.All(names, (name, i) => Assert.True(begun[name] > instants[i] - TimeSpan.FromMilliseconds(25), $"{name} began {instants[i] - begun[name]} before its instant"));
    }

    [Fact]
    public async Task In_a_fair_queue_keys_take_turns()
    {
        await using var grid = await StartAsync(silos: 1, slots: 1);
        await grid.Queues.ConfigureAsync("default", new() { Fair = true });
        string[] names = ["a0", "a1", "a2", "a3", "b0", "b1", "c0"];
        await RunEachAsync(grid, names, i => new() { ConcurrencyKey = names[i][..1] });
        Assert.Equal(["a0", "b0", "c0", "a1", "b1", "a2", "a3"], Names);
    }

    [Fact]
    public async Task What_has_waited_long_enough_counts_as_more_urgent()
    {
        await using var grid = await TestGrid.StartAsync(tasks =>
        {
            tasks.Services.Configure<TaskGridOptions>(o => o.Slots = 1);
            tasks.AddTask("run", Run);
        });
        var queues = grid.Services.GetRequiredService<IQueueClient>();
        await queues.ConfigureAsync("default", new() { AgeingInterval = TimeSpan.FromMinutes(10) });
        await queues.PauseAsync("default");
        await grid.Tasks.SubmitAsync("run", new { name = "old", milliseconds = 1 }, new() { Priority = 2 });
        await grid.AdvanceAsync(TimeSpan.FromMinutes(41));
        await grid.Tasks.SubmitAsync("run", new { name = "usual", milliseconds = 1 }, new() { Priority = 5 });
        await grid.Tasks.SubmitAsync("run", new { name = "urgent", milliseconds = 1 }, new() { Priority = 9 });
        await queues.ResumeAsync("default");
        await grid.DrainAsync();
        Assert.Equal(["urgent", "old", "usual"], Names);
    }

    private Task<Grid> StartAsync(int silos, Action<TaskOptions>? options = null, int slots = 16) =>
        Grid.StartAsync(tasks => tasks.AddTask("run", Run, options), silos, slots);

    /// <summary>Waits until so many run at once as can, and then for as long as one too many would need to be seen.</summary>
    private async Task Run(string name, int milliseconds, CancellationToken stop)
    {
        lock (_gate)
        {
            _starts.Enqueue((name, TimeProvider.System.GetUtcNow()));
            _most = Math.Max(_most, ++_running);
            if (_running >= _awaited)
            {
                _together.TrySetResult();
            }
        }

        await _together.Task.WaitAsync(stop);
        await Task.Delay(TimeSpan.FromMilliseconds(milliseconds), TimeProvider.System, stop);
        lock (_gate)
        {
            _running--;
        }
    }

    private Task<TaskSnapshot[]> RunAsync(Grid grid, IReadOnlyList<string> names, SubmitOptions options, int milliseconds = 1, int together = 1) =>
        RunEachAsync(grid, names, _ => options, milliseconds, together);

    /// <summary>Submits all of them before the first one starts, and waits for the last.</summary>
    private async Task<TaskSnapshot[]> RunEachAsync(Grid grid, IReadOnlyList<string> names, Func<int, SubmitOptions> options, int milliseconds = 1, int together = 1)
    {
        (_awaited, _together) = (together, new(TaskCreationOptions.RunContinuationsAsynchronously));
        var queues = Enumerable.Range(0, names.Count).Select(i => options(i).Queue ?? "default").Distinct().ToList();
        await Task.WhenAll(queues.Select(q => grid.Queues.PauseAsync(q)));
        var handles = new List<TaskHandle>();
        for (var i = 0; i < names.Count; i++)
        {
            handles.Add(await grid.Tasks.SubmitAsync("run", new { name = names[i], milliseconds }, options(i)));
        }

        await Task.WhenAll(queues.Select(q => grid.Queues.ResumeAsync(q)));
        return await Task.WhenAll(handles.Select(h => h.FinalAsync()));
    }
}
