using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TaskGrid.Kit;
using Xunit;
using Xunit.Sdk;

namespace TaskGrid.Faults;

/// <summary>A real cluster: Redis, silo processes, and a client in this process.</summary>
internal sealed class RealGrid : IAsyncDisposable
{
    private readonly string _log = Directory.CreateTempSubdirectory("taskgrid-runs-").FullName;
    private readonly Dictionary<string, string> _environment;
    private readonly Dictionary<int, ServerProcess> _byPort = [];
    private readonly Dictionary<int, TimeSpan> _deaths = [];
    private readonly HashSet<int> _numbers = [];
    private IHost? _client;

    private RealGrid(RedisServer redis, int slots, (string Key, string Value)[] settings)
    {
        Redis = redis;
        _environment = new()
        {
            ["ConnectionStrings__redis"] = redis.ConnectionString,
            ["TaskGrid__Slots"] = $"{slots}",
            ["Faults__Log"] = _log,
            ["Logging__LogLevel__Default"] = "Warning",
            ["Logging__LogLevel__TaskGrid"] = "Information",
            ["DOTNET_gcServer"] = "0",
        };
        foreach (var (key, value) in settings)
        {
            _environment[key] = value;
        }
    }

    public RedisServer Redis { get; }

    public List<ServerProcess> Silos { get; } = [];

    /// <summary>How many silos are ready, and have not ended since.</summary>
    public int Living
    {
        get
        {
            lock (Silos)
            {
                return Silos.Count(s => !s.HasExited);
            }
        }
    }

    public ITaskClient Tasks => _client!.Services.GetRequiredService<ITaskClient>();

    public IQueueClient Queues => _client!.Services.GetRequiredService<IQueueClient>();

    public IBulkClient Bulk => _client!.Services.GetRequiredService<IBulkClient>();

    public AuditClient Audit => _client!.Services.GetRequiredService<AuditClient>();

    public IReadOnlyList<Execution> Executions => ExecutionLog.Read(_log);

    /// <summary>By process: when it had been killed, which is as long as a run of it that has no end can have lasted.</summary>
    public IReadOnlyDictionary<int, TimeSpan> Deaths
    {
        get
        {
            lock (Silos)
            {
                return _deaths.ToDictionary();
            }
        }
    }

    public static async Task<RealGrid> StartAsync(int silos, int slots = 16, params (string Key, string Value)[] settings)
    {
        Assert.SkipWhen(RedisServer.Path is null, "redis-server is not installed (Debian: apt-get install redis-server)");
        return await StartAsync(await RedisServer.StartAsync(), silos, slots, settings);
    }

    /// <summary>A cluster on a Redis that becomes its own.</summary>
    public static async Task<RealGrid> StartAsync(RedisServer redis, int silos, int slots = 16, params (string Key, string Value)[] settings)
    {
        var grid = new RealGrid(redis, slots, settings);
        await Task.WhenAll(Enumerable.Range(0, silos).Select(_ => grid.AddSiloAsync()));
        if (silos > 0)
        {
            await grid.ConnectAsync();
        }

        return grid;
    }

    public static TimeSpan Now => TimeSpan.FromSeconds(Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency);

    public Task<ServerProcess> AddSiloAsync(params (string Key, string Value)[] settings) => AddSiloAsync(null, settings);

    /// <summary>A silo that has a network of its own.</summary>
    public async Task<ServerProcess> AddSiloAsync(Cable? cable, params (string Key, string Value)[] settings)
    {
        var port = Ports.Free();
        var environment = new Dictionary<string, string>(_environment)
        {
            ["TaskGrid__SiloPort"] = $"{port}",
            ["TaskGrid__GatewayPort"] = $"{Ports.Free()}",
        };
        foreach (var (key, value) in settings)
        {
            environment[key] = value;
        }

        var program = environment.GetValueOrDefault("Faults__Program") ?? Path.Combine(AppContext.BaseDirectory, "TaskGrid.Faults.Host.dll");
        var silo = await StartAsync(program, environment, cable);
        lock (Silos)
        {
            Silos.Add(silo);
            _byPort[port] = silo;
        }

        return silo;
    }

    /// <summary>Runs and deaths are told apart by process, so no process may have a number that one before it had.</summary>
    private async Task<ServerProcess> StartAsync(string program, Dictionary<string, string> environment, Cable? cable)
    {
        while (true)
        {
            var isNew = true;
            try
            {
                return await ServerProcess.StartAsync(program, "READY", environment, Note, cable?.Runner);
            }
            catch (InvalidOperationException) when (!isNew)
            {
                // The next one has another number.
            }

            void Note(ServerProcess silo)
            {
                lock (Silos)
                {
                    isNew = _numbers.Add(silo.Pid);
                }

                (isNew ? NoteDeathAsync(silo) : silo.KillAsync()).Ignore();
            }
        }
    }

    /// <summary>As whoever runs it would: a silo that ends before it is ready, since Orleans does not wait for Redis then, is started again.</summary>
    public async Task<ServerProcess> StartSiloAsync(params (string Key, string Value)[] settings)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await AddSiloAsync(settings);
            }
            catch (InvalidOperationException) when (tries < 5)
            {
                // Its output says why; the last one's is that of the exception.
            }
        }
    }

    public async Task KillAsync(ServerProcess silo)
    {
        await silo.KillAsync();
        await NoteDeathAsync(silo);
        Forget(silo);
    }

    /// <summary>A silo that has ended is not one of the grid's any more.</summary>
    public void Forget(ServerProcess silo)
    {
        lock (Silos)
        {
            Silos.Remove(silo);
        }
    }

    /// <summary>The silo that has the dispatcher of a queue; asked again while one that has died still counts as a member.</summary>
    public async Task<ServerProcess> DispatcherOfAsync(string queue)
    {
        var management = _client!.Services.GetRequiredService<IGrainFactory>().GetGrain<IManagementGrain>(0);
        var dispatcher = GrainId.Create("taskgrid-queue", queue);
        ServerProcess? silo = null;
        await UntilAsync(async () =>
        {
            try
            {
                var found = (await management.GetDetailedGrainStatistics()).FirstOrDefault(g => g.GrainId == dispatcher);
                silo = found is null ? null : _byPort[found.SiloAddress.Endpoint.Port];
            }
            catch (Exception e) when (e is OrleansException or TimeoutException)
            {
                silo = null;
            }

            return silo is { HasExited: false };
        }, $"the dispatcher of queue {queue} is on a silo that lives");
        return silo!;
    }

    /// <summary>How many silos the cluster says that it has, or -1 when it does not answer.</summary>
    public async Task<int> ActiveSilosAsync()
    {
        try
        {
            return (await _client!.Services.GetRequiredService<IGrainFactory>().GetGrain<IManagementGrain>(0).GetHosts(onlyActive: true)).Count;
        }
        catch (Exception e) when (e is OrleansException or TimeoutException or OperationCanceledException or ObjectDisposedException or InvalidOperationException { Source: "Orleans.Core" })
        {
            return -1;
        }
    }

    /// <summary>Waits for what only the handlers' own log tells.</summary>
    public async Task UntilAsync(Func<RealGrid, bool> condition, string what, TimeSpan? within = null)
    {
        try
        {
            await UntilAsync(() => Task.FromResult(condition(this)), what, within);
        }
        catch (TrueException e)
        {
            Assert.Fail(e.Message + await Autopsy.OfAsync(this, []));
        }
    }

    /// <summary>Waits for what has to be asked for.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition, string what, TimeSpan? within = null)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        var limit = Now + (within ??= TimeSpan.FromSeconds(60));
        while (!await condition())
        {
            Assert.True(Now < limit, $"It did not come to pass within {within} that {what}.");
            await tick.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Waits for an instant, when there is nothing that tells of what is waited for.</summary>
    public static Task UntilAsync(TimeSpan instant) =>
        instant > Now ? Task.Delay(instant - Now, TimeProvider.System, TestContext.Current.CancellationToken) : Task.CompletedTask;

    /// <summary>Ends this process's client: from here on nobody talks to the cluster.</summary>
    public async Task DisconnectAsync()
    {
        if (_client is not null)
        {
            await _client.StopAsync();
            _client.Dispose();
            _client = null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await DisconnectAsync();

        foreach (var silo in Silos)
        {
            await silo.DisposeAsync();
        }

        await Redis.DisposeAsync();
        Directory.Delete(_log, recursive: true);
    }

    private async Task NoteDeathAsync(ServerProcess silo)
    {
        await silo.ExitAsync();
        lock (Silos)
        {
            _deaths.TryAdd(silo.Pid, Now);
        }
    }

    /// <summary>Starts this process's client, which waits for a silo.</summary>
    /// <param name="patience">How long it asks again before it gives up; two minutes when it is left out.</param>
    public async Task ConnectAsync(TimeSpan? patience = null)
    {
        var builder = Host.CreateApplicationBuilder();
        // The settings file beside this program is the web application's, and its lines would be in the tests' way.
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:redis"] = Redis.ConnectionString,
            ["TaskGrid:Client:SubmitTimeout"] = $"{patience ?? TimeSpan.FromMinutes(2)}",
        });
        builder.AddTaskGridClient();
        _client = builder.Build();
        await _client.StartAsync();
    }
}
