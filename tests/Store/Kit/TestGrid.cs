using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;
using TaskGrid.Queues;
using TaskGrid.Storage;
using TaskGrid.Tasks;

namespace TaskGrid.Store;

/// <summary>A silo as the store knows it.</summary>
internal sealed record TestSilo(string Name, string Capabilities);

/// <summary>A grid in a store, with the engine's own objects to use it, its clock, and a look behind them at the raw keys.</summary>
internal sealed class TestGrid : IAsyncDisposable
{
    public const int CrashLimit = 3;

    /// <summary>Where a grid's clock stands first, Unix milliseconds.</summary>
    public const long Start = 1_800_000_000_000;

    private readonly string _connectionString;
    private readonly Func<string, string> _script;
    private readonly List<StoreConnection> _connections = [];
    private readonly Dictionary<string, long> _dispatchers = [];
    private int _silos;
    private int _operations;

    private TestGrid(string connectionString, ConnectionMultiplexer raw, string name, Func<string, string> script)
    {
        _connectionString = connectionString;
        _script = script;
        Server = raw;
        Name = name;
    }

    public string Name { get; }

    public ConnectionMultiplexer Server { get; }

    public IDatabase Raw => Server.GetDatabase();

    public StoreConnection Connection => _connections[0];

    public TaskStore Tasks { get; private set; } = null!;

    public LeaseStore Leases { get; private set; } = null!;

    public SiloStore Silos { get; private set; } = null!;

    public QueueStore Queues { get; private set; } = null!;

    public ManyStore Many { get; private set; } = null!;

    public AuditStore Audit { get; private set; } = null!;

    public TaskListStore Lists { get; private set; } = null!;

    public StatsStore Stats { get; private set; } = null!;

    /// <summary>The store's clock, Unix milliseconds; it stands still.</summary>
    public long Now { get; private set; }

    /// <summary>A grid whose clock stands still and whose scripts can be cut.</summary>
    public static async Task<TestGrid> OpenAsync(string connectionString, ConnectionMultiplexer raw, string name, Func<string, string>? change = null)
    {
        var grid = new TestGrid(connectionString, raw, name, script => TestLua.Around(change is null ? script : change(script)));
        await grid.SetClockAsync(Start);
        await grid.OpenAsync();
        return grid;
    }

    /// <summary>A grid with the store's own clock and the script as it is.</summary>
    public static async Task<TestGrid> OpenPlainAsync(string connectionString, ConnectionMultiplexer raw, string name)
    {
        var grid = new TestGrid(connectionString, raw, name, script => script);
        await grid.OpenAsync();
        return grid;
    }

    /// <summary>The full name of a key.</summary>
    public string Key(string name) => "{" + Name + "}:" + name;

    /// <summary>One more silo's way to this grid.</summary>
    public async Task<StoreConnection> ConnectAsync()
    {
        var connection = new StoreConnection(new() { ConnectionString = _connectionString, Grid = Name, Script = _script }, new(), NullLogger<StoreConnection>.Instance);
        await connection.OpenAsync();
        _connections.Add(connection);
        return connection;
    }

    public async Task SetClockAsync(long now)
    {
        Now = now;
        await Raw.HashSetAsync(Key("control"), "clock", now);
    }

    /// <summary>From here on another process answers, which may know less.</summary>
    public Task RestartAsync() => Raw.HashSetAsync(Key("control"), "process", Guid.NewGuid().ToString("N"));

    /// <summary>From here on the store does not tell which process it is.</summary>
    public Task ForbidInfoAsync() => Raw.HashSetAsync(Key("control"), "process", "-");

    public Task PassAsync(TimeSpan time) => SetClockAsync(Now + (long)time.TotalMilliseconds);

    /// <summary>Runs something with every script cut after a number of writes; false when that was more than it has.</summary>
    public async Task<bool> CutAsync(int writes, Func<TestGrid, Task> operation)
    {
        await Raw.HashSetAsync(Key("control"), "cut", writes);
        try
        {
            await operation(this);
        }
        catch (StoreUnavailableException)
        {
            // That it was cut is seen below.
        }

        await Raw.HashDeleteAsync(Key("control"), "cut");
        return await Raw.HashDeleteAsync(Key("control"), "happened");
    }

    public static NewTask Task(
        string id, string queue = "q", string name = "work", int priority = 5, TimeSpan delay = default, DateTimeOffset? dueAt = null, string args = "{}", string hash = "h",
        string? lane = null, NewTerms? terms = null) =>
        new(id, hash, queue, lane ?? name, priority, delay, dueAt, new(new(name), new(System.Text.Encoding.UTF8.GetBytes(args))), terms);

    /// <summary>Accepts a task with a concurrency key, and the limit that it asks for.</summary>
    public async Task AcceptWithKeyAsync(string id, string key, int? limit = null, string queue = "q", int priority = 5) =>
        Assert.Equal(Acceptance.Created, (await Tasks.AcceptAsync(Task(id, queue, priority: priority, lane: Lane.Of("work", key, limit)))).Acceptance);

    /// <summary>Accepts a task that asks for something beside the usual.</summary>
    public async Task<Acceptance> AcceptWithTermsAsync(string id, NewTerms terms, TimeSpan delay = default, string hash = "h", string? lane = null) =>
        (await Tasks.AcceptAsync(Task(id, delay: delay, hash: hash, lane: lane, terms: terms))).Acceptance;

    /// <summary>Runs operations in one call of the script, as far as it takes them.</summary>
    public async Task<T[]> TogetherAsync<T>(params IEnumerable<Func<Task<T>>> operations)
    {
        List<Task<T>> all;
        using (Connection.Gather())
        {
            all = [.. operations.Select(o => o())];
        }

        return await System.Threading.Tasks.Task.WhenAll(all);
    }

    /// <summary>Accepts tasks of one queue, name and priority.</summary>
    public async Task AcceptAsync(params string[] ids)
    {
        foreach (var id in ids)
        {
            Assert.Equal(Acceptance.Created, (await Tasks.AcceptAsync(Task(id))).Acceptance);
        }
    }

    /// <summary>A silo that lives and runs the given tasks; by default <c>work</c>.</summary>
    public async Task<TestSilo> SiloAsync(params string[] names)
    {
        names = names.Length == 0 ? ["work"] : names;
        var silo = new TestSilo($"silo{++_silos}~1", "caps-" + string.Join('-', names));
        await Silos.RegisterAsync(silo.Name, silo.Capabilities, names.Select(n => new AnnouncedTask(n, new("q", new()))));
        Assert.True((await Silos.BeatAsync(silo.Name, silo.Capabilities, "16 0")).Accepted);
        return silo;
    }

    /// <summary>Declares a silo dead, as another one that saw its beat stand still does.</summary>
    public async Task BuryAsync(TestSilo silo)
    {
        var beat = await Raw.HashGetAsync(Key("silos"), silo.Name);
        Assert.True(await Silos.BuryAsync(silo.Name, beat!));
    }

    /// <summary>Ends the leases of dead silos, as the engine does.</summary>
    public async Task ReapAsync()
    {
        foreach (var (id, lease) in await Leases.OfDeadSilosAsync())
        {
            Assert.True(await Leases.LapseAsync(id, lease.Token, CrashLimit));
        }
    }

    /// <summary>A death of a silo that was running something, and what the others make of it.</summary>
    public async Task DieAsync(TestSilo silo)
    {
        await BuryAsync(silo);
        await ReapAsync();
        Assert.True(await Silos.LeaveAsync(silo.Name));
    }

    /// <summary>Gives back what a silo holds in the store and knows nothing of, as its comparison with the store does.</summary>
    public async Task ReconcileAsync(TestSilo silo)
    {
        foreach (var (id, lease) in await Leases.HeldByAsync(silo.Name))
        {
            await Leases.HandBackAsync(id, lease.Token);
        }
    }

    /// <summary>Leases as the queue's dispatcher.</summary>
    public async Task<LeaseReply> TryLeaseAsync(TestSilo silo, int max = 100, string queue = "q", int? idle = null, int ahead = 0)
    {
        if (!_dispatchers.TryGetValue(queue, out var epoch))
        {
            _dispatchers[queue] = epoch = (await Leases.OpenAsync(queue)).Epoch;
        }

        return await Leases.LeaseAsync(queue, epoch, silo.Name, silo.Capabilities, max, idle ?? max, TimeSpan.FromMilliseconds(ahead));
    }

    public async Task<IReadOnlyList<GrantedLease>> LeaseAsync(TestSilo silo, int max = 100, string queue = "q")
    {
        var reply = await TryLeaseAsync(silo, max, queue);
        Assert.Equal(LeaseStatus.Ok, reply.Status);
        return reply.Leases;
    }

    /// <summary>Leases exactly one task, which must be the given one.</summary>
    public async Task<GrantedLease> LeaseOneAsync(TestSilo silo, string id, string queue = "q")
    {
        var lease = Assert.Single(await LeaseAsync(silo, 1, queue));
        Assert.Equal(id, lease.Id);
        return lease;
    }

    /// <summary>Sets everything about a queue, as a client that has just looked at it.</summary>
    public async Task ConfigureAsync(string queue, QueueSettings settings) => Assert.True(await Queues.ConfigureAsync(queue, settings, await ChangeOfAsync(queue)));

    public async Task PauseAsync(string queue, bool paused) => Assert.True(await Queues.PauseAsync(queue, paused, await ChangeOfAsync(queue)));

    public async Task<ChangeOutcome> ChangeAsync(string id, string? queue, int? priority, DateTimeOffset? due) =>
        await Tasks.ChangeAsync(id, await TouchOfAsync(id), queue, priority, due);

    public async Task<ChangeOutcome> RetryByHandAsync(string id) => await Tasks.RetryAsync(id, await TouchOfAsync(id));

    public async Task<QueueChange> ChangeOfAsync(string queue) => new($"op{++_operations}", (await Queues.ReadAsync([queue]))[0].Revision);

    public async Task<TaskTouch> TouchOfAsync(string id) => new($"op{++_operations}", (await Tasks.ReadAsync(id))?.Version ?? 0);

    public Task<char?> SucceedAsync(GrantedLease lease) => Tasks.FinishAsync(lease.Id, lease.Token, new Verdict.Succeed(JsonText.From("done")), []);

    public Task<char?> RetryAsync(GrantedLease lease, TimeSpan delay = default) =>
        Tasks.FinishAsync(lease.Id, lease.Token, new Verdict.Retry(new("Boom", "It failed."), delay), []);

    public Task<char?> FailAsync(GrantedLease lease) => Tasks.FinishAsync(lease.Id, lease.Token, new Verdict.Fail(new("Boom", "It failed.")), []);

    /// <summary>Runs a queue until nothing is ready: every task that is leased succeeds. Returns what was run, in order.</summary>
    public async Task<IReadOnlyList<string>> DrainAsync(TestSilo silo, string queue = "q")
    {
        var ran = new List<string>();
        while (await LeaseAsync(silo, 10, queue) is { Count: > 0 } leases)
        {
            foreach (var lease in leases)
            {
                Assert.NotNull(await SucceedAsync(lease));
                ran.Add(lease.Id);
            }
        }

        return ran;
    }

    /// <summary>A whole list, by pages of a size, each of which looks at so many records at most.</summary>
    public async Task<IReadOnlyList<TaskRecord>> ListAsync(TaskFilter filter, int page = 50, int most = 500, string[]? queues = null, string[]? tasks = null)
    {
        var request = new TaskListRequest(filter, null, page, queues ?? [], tasks ?? []);
        var (all, cursor) = (new List<TaskRecord>(), "");
        for (var pages = 0; pages < 100_000; pages++)
        {
            var step = await Lists.ReadAsync(request, cursor, page, most);
            Assert.InRange(step.Items.Count, 0, page);
            all.AddRange(step.Items);
            if (step.Cursor.Length == 0)
            {
                return all;
            }

            Assert.NotEqual(cursor, step.Cursor);
            cursor = step.Cursor;
        }

        throw new InvalidOperationException("The list has no end.");
    }

    public async Task<string> IdsAsync(TaskFilter filter, int page = 50, int most = 500, string[]? queues = null, string[]? tasks = null) =>
        string.Join(' ', (await ListAsync(filter, page, most, queues, tasks)).Select(r => r.Id));

    public async Task<TaskRecord> ReadAsync(string id) =>
        await Tasks.ReadAsync(id) ?? throw new InvalidOperationException($"There is no record of task {id}.");

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _connections)
        {
            await connection.DisposeAsync();
        }
    }

    private async Task OpenAsync()
    {
        var connection = await ConnectAsync();
        Tasks = new(connection);
        Leases = new(connection);
        Silos = new(connection);
        Queues = new(connection);
        Many = new(connection);
        Audit = new(connection);
        Lists = new(connection);
        Stats = new(connection);
    }
}
