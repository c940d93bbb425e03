using System.Collections.Concurrent;
using StackExchange.Redis;
using TaskGrid.Kit;
using TaskGrid.Storage;

namespace TaskGrid.Store;

/// <summary>
/// The store's process is killed while silos write. Whatever was acknowledged is there when it comes back: on Garnet only
/// since it waits for its log before it answers, on Redis only with an append-only file that it syncs before it answers.
/// </summary>
public sealed class When_the_store_is_killed(ITestOutputHelper output)
{
    private const int Kills = 3;
    private const int Writers = 8;
    private const int AcceptsBeforeAKill = 600;

    private readonly ConcurrentDictionary<string, bool> _accepted = [];
    private readonly ConcurrentDictionary<string, bool> _finished = [];
    private int _silos;

    [Fact]
    public async Task Redis_KeepsWhatItHasAcknowledged()
    {
        Assert.SkipWhen(RedisServer.Path is null, "redis-server is not on the PATH.");
        // With everysec it answers while a sync is on its way, and a death at that moment takes those answers.
        await using var server = await RedisServer.StartAsync(traced: false, "--appendfsync", "always");
        await KillAndCheckAsync(server.ConnectionString, server.KillAsync, server.RestartAsync);
    }

    [Fact]
    public async Task Garnet_KeepsWhatItHasAcknowledged()
    {
        await using var server = new GarnetProcess(Ports.Free());
        await server.StartAsync();
        await KillAndCheckAsync(server.ConnectionString, server.KillAsync, server.StartAsync);
    }

    [Fact]
    public async Task Redis_SaysThatItRunsAnew()
    {
        Assert.SkipWhen(RedisServer.Path is null, "redis-server is not on the PATH.");
        await using var server = await RedisServer.StartAsync();
        // With what it had answered: else it would say, rightly, that it has lost some of it.
        await RestartAndAskAsync(server.ConnectionString, server.KillWrittenAsync, server.RestartAsync);
    }

    [Fact]
    public async Task Garnet_SaysThatItRunsAnew()
    {
        await using var server = new GarnetProcess(Ports.Free());
        await server.StartAsync();
        await RestartAndAskAsync(server.ConnectionString, server.KillAsync, server.StartAsync);
    }

    /// <summary>Whatever the new process has lost: a silo that was there before is told once another one has come.</summary>
    private static async Task RestartAndAskAsync(string connectionString, Func<Task> kill, Func<Task> restart)
    {
        await using var raw = await ConnectionMultiplexer.ConnectAsync(connectionString);
        await using var grid = await TestGrid.OpenPlainAsync(connectionString, raw, "anew");
        await grid.AcceptAsync("a");
        await kill();
        await restart();
        await grid.ConnectAsync();
        Exception? found = null;
        for (var tries = 0; tries < 300 && found is not LeasesInDoubtException; tries++)
        {
            // It has to connect again first.
            found = await Record.ExceptionAsync(() => grid.Tasks.ReadAsync("a"));
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        Assert.IsType<StoreRestartedException>(found);
        Assert.Empty(await grid.Connection.AdvanceAsync([]));
        Assert.NotNull(await grid.Tasks.ReadAsync("a"));
    }

    private async Task KillAndCheckAsync(string connectionString, Func<Task> kill, Func<Task> restart)
    {
        for (var round = 1; round <= Kills; round++)
        {
            await WriteUntilKilledAsync(connectionString, kill);
            await restart();
            await using var raw = await ConnectionMultiplexer.ConnectAsync(connectionString);
            await using var grid = await TestGrid.OpenPlainAsync(connectionString, raw, "killed");
            await Invariants.AssertAsync(grid, afterCut: true, $"after kill {round}");
            var contents = await Contents.ReadAsync(grid);
            var lost = _accepted.Keys.Where(id => contents.Tasks.GetValueOrDefault(id)?.Line is null).ToList();
            var undone = _finished.Keys.Where(id => contents.Tasks.GetValueOrDefault(id)?.Line is not { Code: 'S' }).ToList();
            output.WriteLine(
                $"Kill {round}: {_accepted.Count} accepts and {_finished.Count} outcomes acknowledged so far, {contents.Leases.Count} leases open; "
                + $"{lost.Count} accepts and {undone.Count} outcomes lost.");
            Assert.Empty(lost);
            Assert.Empty(undone);
            await RecoverAsync(grid);
        }
    }

    private async Task WriteUntilKilledAsync(string connectionString, Func<Task> kill)
    {
        await using var raw = await ConnectionMultiplexer.ConnectAsync(connectionString);
        await using var grid = await TestGrid.OpenPlainAsync(connectionString, raw, "killed");
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var before = _accepted.Count;
        var writers = new List<Task>();
        for (var i = 0; i < Writers; i++)
        {
            var connection = await grid.ConnectAsync();
            var name = $"writer{++_silos}";
            writers.Add(Task.Run(() => WriteAsync(connection, name, () =>
            {
                if (_accepted.Count - before >= AcceptsBeforeAKill)
                {
                    enough.TrySetResult();
                }
            })));
        }

        await enough.Task.WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System);
        await kill();
        await Task.WhenAll(writers).WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System);
    }

    /// <summary>A silo with a queue of its own that runs what it accepts, until the store does not answer.</summary>
    private async Task WriteAsync(StoreConnection connection, string name, Action accepted)
    {
        var (tasks, leases, silos) = (new TaskStore(connection), new LeaseStore(connection), new SiloStore(connection));
        try
        {
            await silos.RegisterAsync(name, "caps", [new("work", new("q", new()))]);
            await silos.BeatAsync(name, "caps", "16 0");
            var epoch = (await leases.OpenAsync(name)).Epoch;
            for (var i = 0; ; i++)
            {
                var id = $"{name}-{i}";
                await tasks.AcceptAsync(TestGrid.Task(id, name));
                _accepted[id] = true;
                accepted();
                var reply = await leases.LeaseAsync(name, epoch, name, "caps", 2, 2);
                await Task.WhenAll(reply.Leases.Select(async lease =>
                {
                    Assert.NotNull(await tasks.FinishAsync(lease.Id, lease.Token, new Tasks.Verdict.Succeed(JsonText.From(i)), []));
                    _finished[lease.Id] = true;
                }));
            }
        }
        catch (StoreUnavailableException)
        {
            // Killed.
        }
    }

    /// <summary>The silos died with the store, as the single process does: their leases lapse, and all tasks come to their end.</summary>
    private async Task RecoverAsync(TestGrid grid)
    {
        foreach (var name in (await Contents.ReadAsync(grid)).Silos.Keys)
        {
            await grid.BuryAsync(new(name, "caps"));
            await grid.ReapAsync();
            Assert.True(await grid.Silos.LeaveAsync(name));
        }

        var silo = await grid.SiloAsync();
        foreach (var work in (await grid.Silos.SurveyAsync()).Queues)
        {
            foreach (var id in await grid.DrainAsync(silo, work.Queue))
            {
                Assert.False(_finished.ContainsKey(id), $"{id} had finished and ran again.");
            }
        }

        Assert.True(await grid.Silos.LeaveAsync(silo.Name));
        await Invariants.AssertAsync(grid, when: "recovered");
        var contents = await Contents.ReadAsync(grid);
        Assert.All(contents.Tasks, t => Assert.Equal('S', t.Value.Line!.Value.Code));
        Assert.Empty(contents.Leases);
        Assert.Empty((await grid.Silos.SurveyAsync()).Queues);
    }
}
