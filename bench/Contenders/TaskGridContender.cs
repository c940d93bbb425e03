using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TaskGrid.Kit;

namespace TaskGrid.Bench;

/// <summary>TaskGrid with default options: silos as processes of their own, this process as the client, and a web process where one is asked for.</summary>
internal sealed class TaskGridContender : IContender
{
    public const string GridName = "TaskGrid";

    private const int BatchSize = 500;
    private const int BatchesInFlight = 8;

    private readonly RedisProbe _redis;
    private readonly List<CommandProcess> _silos = [];
    private ServerProcess? _web;
    private IHost? _client;

    private TaskGridContender(RedisProbe redis) => _redis = redis;

    public string Name => GridName;

    public ITaskClient Tasks => Service<ITaskClient>();

    public IQueueClient Queues => Service<IQueueClient>();

    public IBulkClient Bulk => Service<IBulkClient>();

    /// <summary>The address of the web process.</summary>
    public Uri? Web { get; private set; }

    public RedisProbe Redis => _redis;

    public static async Task<TaskGridContender> StartAsync(GridShape shape)
    {
        var grid = new TaskGridContender(await RedisProbe.StartAsync());
        try
        {
            for (var i = 0; i < shape.Silos; i++)
            {
                grid._silos.Add(await grid.StartSiloAsync());
            }

            if (shape.HasWeb)
            {
                await grid.StartWebAsync();
            }

            await grid.StartClientAsync();
            return grid;
        }
        catch
        {
            await grid.DisposeAsync();
            throw;
        }
    }

    public Task<double[]> SubmitAsync(int count, int inFlight) => InFlight.RunAsync(count, inFlight, i => Tasks.SubmitAsync("add", new { x = i, y = 1 }));

    /// <summary>Submits additions in batches.</summary>
    /// <returns>The milliseconds until each batch was acknowledged.</returns>
    public Task<double[]> SubmitBatchesAsync(int count, int size, int inFlight, Func<int, SubmitOptions?>? options = null)
    {
        var batches = Enumerable.Range(0, count).Chunk(size).ToArray();
        return InFlight.RunAsync(batches.Length, inFlight, async i =>
        {
            var replies = await Tasks.SubmitBatchAsync([.. batches[i].Select(n => TaskSubmission.Create("add", new { x = n, y = 1 }, options?.Invoke(n)))]);
            if (replies.FirstOrDefault(r => r.Refusal is not null)?.Refusal is { } refusal)
            {
                throw new InvalidOperationException($"A submit was refused: {refusal.Message}");
            }
        });
    }

    public Task FillAsync(int count) => SubmitBatchesAsync(count, BatchSize, BatchesInFlight);

    public async Task<double[]> RoundTripsAsync(int count) => await InFlight.RunAsync(count, inFlight: 1, async i =>
    {
        var handle = await Tasks.SubmitAsync<int>("add", new { x = i, y = 1 });
        await handle.GetResultAsync();
    });

    public async Task<double[]> LatenessAsync(int count, TimeSpan ahead, TimeSpan between)
    {
        var target = await SucceededAsync() + count;
        var first = TimeProvider.System.GetUtcNow() + ahead;
        // The grid keeps instants in whole milliseconds.
        first = DateTimeOffset.FromUnixTimeMilliseconds(first.ToUnixTimeMilliseconds());
        var handles = new TaskHandle<double>[count];
        await InFlight.RunAsync(count, inFlight: 128, async i => handles[i] = await Tasks.SubmitAsync<double>("instant", options: new() { DueAt = first + (i * between) }));
        Lateness.CheckAhead(first);
        await this.UntilSucceededAsync(target);
        var late = new double[count];
        await InFlight.RunAsync(count, inFlight: 32, async i => late[i] = await handles[i].GetResultAsync() - (first + (i * between)).ToUnixTimeMilliseconds());
        return late;
    }

    public Task HoldAsync() => Queues.PauseAsync("default");

    public Task ReleaseAsync() => Queues.ResumeAsync("default");

    public async Task<long> SucceededAsync() =>
        (await _redis.Database.HashGetAllAsync("{taskgrid}:counts")).Where(c => c.Name.StartsWith("S:")).Sum(c => (long)c.Value);

    public async Task<Usage> UsageAsync()
    {
        using var self = Process.GetCurrentProcess();
        var client = new ProcessUsage(self.TotalProcessorTime.TotalMilliseconds, GC.GetTotalAllocatedBytes(), GC.GetTotalPauseDuration().TotalMilliseconds, self.WorkingSet64);
        var silos = await Task.WhenAll(_silos.Select(s => s.UsageAsync()));
        return new(client, silos.Aggregate((a, b) => a + b), _web is null ? null : new(_web.Cpu.TotalMilliseconds, MemoryBytes: _web.Memory), await _redis.UsageAsync());
    }

    /// <summary>The silos' memory after everything that is not needed was let go.</summary>
    public async Task<ProcessUsage> CollectedAsync()
    {
        await Task.WhenAll(_silos.Select(s => s.AskAsync("collect")));
        return (await UsageAsync()).Worker;
    }

    public async ValueTask DisposeAsync()
    {
        if (_client is not null)
        {
            await _client.StopAsync();
            _client.Dispose();
        }

        if (_web is not null)
        {
            await _web.DisposeAsync();
        }

        foreach (var silo in _silos)
        {
            await silo.DisposeAsync();
        }

        await _redis.DisposeAsync();
    }

    private T Service<T>()
        where T : notnull => _client!.Services.GetRequiredService<T>();

    private Task<CommandProcess> StartSiloAsync() => CommandProcess.StartAsync("silo", ["dotnet", Build.Program("bench/Worker", "TaskGrid.Bench.Worker")], new Dictionary<string, string>
    {
        ["ConnectionStrings__redis"] = _redis.Address,
        ["TaskGrid__SiloPort"] = $"{Ports.Free()}",
        ["TaskGrid__GatewayPort"] = $"{Ports.Free()}",
        ["Logging__LogLevel__Default"] = "Warning",
    });

    private async Task StartWebAsync()
    {
        Web = new($"http://127.0.0.1:{Ports.Free()}");
        var program = Build.Program("Client.Web", "TaskGrid.Client.Web");
        _web = await ServerProcess.StartAsync(program, "Application started", new Dictionary<string, string>
        {
            ["ConnectionStrings__redis"] = _redis.Address,
            ["ASPNETCORE_URLS"] = Web.ToString(),
            ["ASPNETCORE_CONTENTROOT"] = Path.GetDirectoryName(program)!,
            ["Logging__LogLevel__Default"] = "Warning",
            ["Logging__LogLevel__Microsoft.Hosting.Lifetime"] = "Information",
        });
    }

    private async Task StartClientAsync()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["ConnectionStrings:redis"] = _redis.Address });
        builder.AddTaskGridClient();
        _client = builder.Build();
        await _client.StartAsync();
    }
}
