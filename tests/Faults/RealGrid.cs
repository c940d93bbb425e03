using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TaskGrid.Kit;
using Xunit;

namespace TaskGrid.Faults;

/// <summary>A real cluster: Redis, silo processes, and a client in this process.</summary>
internal sealed class RealGrid : IAsyncDisposable
{
    private readonly string _log = Directory.CreateTempSubdirectory("taskgrid-runs-").FullName;
    private readonly Dictionary<string, string> _environment;
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
            ["DOTNET_gcServer"] = "0",
        };
        foreach (var (key, value) in settings)
        {
            _environment[key] = value;
        }
    }

    public RedisServer Redis { get; }

    public List<ServerProcess> Silos { get; } = [];

    public ITaskClient Tasks => _client!.Services.GetRequiredService<ITaskClient>();

    public IReadOnlyList<Execution> Executions => ExecutionLog.Read(_log);

    public static async Task<RealGrid> StartAsync(int silos, int slots = 16, params (string Key, string Value)[] settings)
    {
        Assert.SkipWhen(RedisServer.Path is null, "redis-server is not installed (Debian: apt-get install redis-server)");
        var grid = new RealGrid(await RedisServer.StartAsync(), slots, settings);
        await Task.WhenAll(Enumerable.Range(0, silos).Select(_ => grid.AddSiloAsync()));
        await grid.ConnectAsync();
        return grid;
    }

    public static TimeSpan Now => TimeSpan.FromSeconds(Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency);

    public async Task<ServerProcess> AddSiloAsync(params (string Key, string Value)[] settings)
    {
        var environment = new Dictionary<string, string>(_environment)
        {
            ["TaskGrid__SiloPort"] = $"{RedisServer.FreePort()}",
            ["TaskGrid__GatewayPort"] = $"{RedisServer.FreePort()}",
        };
        foreach (var (key, value) in settings)
        {
            environment[key] = value;
        }

        var silo = await ServerProcess.StartAsync(Path.Combine(AppContext.BaseDirectory, "TaskGrid.Faults.Host.dll"), "READY", environment);
        lock (Silos)
        {
            Silos.Add(silo);
        }

        return silo;
    }

    public async Task KillAsync(ServerProcess silo)
    {
        await silo.KillAsync();
        lock (Silos)
        {
            Silos.Remove(silo);
        }
    }

    /// <summary>Waits for what only the handlers' own log tells.</summary>
    public async Task UntilAsync(Func<RealGrid, bool> condition, string what)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        var limit = Now + TimeSpan.FromSeconds(60);
        while (!condition(this))
        {
            Assert.True(Now < limit, $"It did not come to pass within 60 s that {what}.");
            await tick.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Waits until each task is final; a task that is not is named with its state.</summary>
    public static async Task<IReadOnlyList<TaskSnapshot>> FinalAsync(IEnumerable<TaskHandle> handles, TimeSpan limit)
    {
        using var stop = new CancellationTokenSource(limit);
        var waits = handles.Select(async h =>
        {
            while (true)
            {
                try
                {
                    return await h.WaitAsync(Timeout.InfiniteTimeSpan, stop.Token);
                }
                catch (GridUnavailableException)
                {
                    // The cluster is down at this moment.
                }
                catch (OperationCanceledException)
                {
                    return await h.GetSnapshotAsync() ?? throw new TaskNotFoundException(h.Id);
                }
            }
        });
        var snapshots = await Task.WhenAll(waits);
        var open = snapshots.Where(s => !s.State.IsFinal()).ToList();
        Assert.True(open.Count == 0, $"{open.Count} of {snapshots.Length} tasks are not final after {limit}: "
            + string.Join("; ", open.Take(5).Select(s => $"{s.Id} {s.State} attempt {s.Attempt} on {s.Worker} since {s.StartedAt}")));
        return snapshots;
    }

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

    private async Task ConnectAsync()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:redis"] = Redis.ConnectionString,
            ["TaskGrid:Client:SubmitTimeout"] = "00:01:00",
        });
        builder.AddTaskGridClient();
        _client = builder.Build();
        await _client.StartAsync();
    }
}
