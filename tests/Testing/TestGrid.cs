using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.TestingHost;
using TaskGrid.Storage;
using TaskGrid.Workers;

namespace TaskGrid.Testing;

/// <summary>
/// A whole grid in the test process: a real silo, and the real store in a temporary folder. No Redis, no ports to choose, and a clock
/// that the test sets forward, so that what is due in an hour need not be waited for.
/// </summary>
public sealed class TestGrid : IAsyncDisposable
{
    private readonly InProcessTestCluster _cluster;
    private readonly TestStore _store;
    private readonly StoreClock _clock;
    private readonly GridWork _work;

    private TestGrid(InProcessTestCluster cluster, TestStore store, string name, TestTime time, SubmissionLog submissions)
    {
        _cluster = cluster;
        _store = store;
        _clock = new(store.Database, name);
        Time = time;
        Submissions = submissions;
        Services = cluster.GetSiloServiceProvider(cluster.Silos[0].SiloAddress);
        _work = ActivatorUtilities.CreateInstance<GridWork>(Services);
    }

    /// <summary>The services of the silo, which handlers take theirs from.</summary>
    public IServiceProvider Services { get; }

    /// <summary>Submits to the grid.</summary>
    public ITaskClient Tasks => Services.GetRequiredService<ITaskClient>();

    /// <summary>
    /// The clock of tasks. It goes on by itself, and <see cref="AdvanceAsync"/> sets it forward together with the store's. Handlers get it under
    /// <see cref="TaskGridTime.Key"/>; the plain <see cref="TimeProvider"/> is the system's, which Orleans lives by.
    /// </summary>
    public TimeProvider Time { get; }

    /// <summary>Every submit that the grid has accepted, those of handlers included.</summary>
    public SubmissionLog Submissions { get; }

    /// <summary>Starts a grid.</summary>
    /// <param name="configure">Adds tasks and hooks, and by <c>grid.Services</c> what they need. Settings: <c>grid.Services.Configure&lt;TaskGridOptions&gt;(...)</c>.</param>
    public static async Task<TestGrid> StartAsync(Action<TaskGridBuilder> configure)
    {
        var store = await TestStore.StartAsync().ConfigureAwait(false);
        try
        {
            var (name, time, submissions) = ($"test-{Guid.NewGuid():N}", new TestTime(), new SubmissionLog());
            var builder = new InProcessTestClusterBuilder(1);
            builder.Options.ConfigureFileLogging = false;
            builder.ConfigureSilo((_, silo) => silo.UseInMemoryReminderService().AddMemoryGrainStorageAsDefault());
            builder.ConfigureSiloHost((_, host) => Configure(host, store.ConnectionString, name, time, submissions, configure));
            var cluster = builder.Build();
            await cluster.DeployAsync().ConfigureAwait(false);
            return new(cluster, store, name, time, submissions);
        }
        catch
        {
            await store.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// Sets the clock forward: delayed tasks and retries become due, what was to have started or ended by then expires, and
    /// what was kept long enough is forgotten. They run as soon as there is a slot; to wait for that, use <see cref="DrainAsync"/>.
    /// </summary>
    public async Task AdvanceAsync(TimeSpan by)
    {
        var time = (TestTime)Time;
        time.Advance(by);
        await _clock.SetAheadAsync(time.Ahead).ConfigureAwait(false);
        await _work.WakeAsync().ConfigureAwait(false);
    }

    /// <summary>Waits until nothing is ready or running; what is due later, retries included, is left where it is.</summary>
    /// <param name="queue">Only tasks of this queue; default: of all.</param>
    /// <param name="timeout">A guard against tasks that never end; default 30 s, by the system's clock.</param>
    /// <exception cref="TimeoutException">It was not so in time; the message says what is left.</exception>
    public Task DrainAsync(string? queue = null, TimeSpan? timeout = null) => _work.DrainAsync(queue, timeout ?? TimeSpan.FromSeconds(30));

    /// <inheritdoc cref="SubmissionLog.Of{TArgs}"/>
    public IReadOnlyList<TArgs> Submitted<TArgs>() => Submissions.Of<TArgs>();

    /// <inheritdoc cref="SubmissionLog.AssertSubmitted{TArgs}"/>
    public TArgs AssertSubmitted<TArgs>(Func<TArgs, bool>? predicate = null) => Submissions.AssertSubmitted(predicate);

    /// <summary>Stops the silo, whose running handlers get their token fired after a second, and removes the store.</summary>
    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync().ConfigureAwait(false);
        await _store.DisposeAsync().ConfigureAwait(false);
    }

    private static void Configure(IHostApplicationBuilder host, string redis, string name, TestTime time, SubmissionLog submissions, Action<TaskGridBuilder> configure)
    {
        host.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { [$"{TaskGridOptions.Section}:{nameof(TaskGridOptions.Name)}"] = name });
        // After the test cluster, which sets its own.
        host.Services.PostConfigure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(6));
        host.Logging.SetMinimumLevel(LogLevel.Warning);
        host.Services.AddKeyedSingleton<TimeProvider>(TaskGridTime.Key, time);
        var grid = host.AddTaskGridEngine(redis);
        configure(grid);
        RunAttemptsBy(time, host.Services);
        host.Services.AddSingleton(new StoreOptions { ConnectionString = redis, Grid = name, Script = StoreClock.Around });
        host.Services.AddSubmitMiddleware(async (submission, next, stop) =>
        {
            var reply = await next(submission, stop).ConfigureAwait(false);
            if (reply.Created)
            {
                submissions.Add(submission);
            }

            return reply;
        });
    }

    /// <summary>
    /// All that measures attempts goes by the clock of tasks, and by the same one. The silo's beats, and who judges them, keep the system's: a jump is no death.
    /// </summary>
    internal static void RunAttemptsBy(TimeProvider time, IServiceCollection services)
    {
        services.AddSingleton(p => ActivatorUtilities.CreateInstance<Worker>(p, time));
        services.AddSingleton(p => ActivatorUtilities.CreateInstance<SlotRunner>(p, time));
        services.AddSingleton(p => ActivatorUtilities.CreateInstance<OutcomeKeeper>(p, time));
        services.AddSingleton(p => ActivatorUtilities.CreateInstance<LeakedSlots>(p, time));
        services.AddSingleton(p => new Slots(p.GetRequiredService<IOptions<TaskGridOptions>>().Value.EffectiveSlots, time));
    }
}
