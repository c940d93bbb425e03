using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;
using TaskGrid.Hosting;
using TaskGrid.Kit;
using TaskGrid.Storage;
using TaskGrid.Tasks;

namespace TaskGrid.Bench.Micro;

/// <summary>
/// A task's three scripts (accept, lease from the ready queue, end) in batches of a size, against a Redis of its own: as a function that
/// Redis keeps, and as a script that it evaluates with each call.
/// </summary>
public class ScriptBenchmarks
{
    private const int Tasks = 256;
    private const string Silo = "silo~1";

    private RedisServer _redis = null!;
    private StoreConnection _connection = null!;
    private TaskStore _tasks = null!;
    private LeaseStore _leases = null!;
    private long _dispatcher;
    private int _last;

    [Params(1, 16, 256)]
    public int Batch { get; set; }

    [Params(true, false)]
    public bool IsKept { get; set; }

    [GlobalSetup]
    public async Task SetUpAsync()
    {
        _redis = await RedisServer.StartAsync();
        await using (var admin = await ConnectionMultiplexer.ConnectAsync($"{_redis.ConnectionString},allowAdmin=true"))
        {
            await admin.GetServers()[0].ExecuteAsync("ACL", "SETUSER", "bench", "on", "nopass", "~*", "&*", "+@all", IsKept ? "+function" : "-function");
        }

        _connection = new(new() { ConnectionString = $"{_redis.ConnectionString},user=bench,password=any", Grid = "bench" }, new EngineFaults(), NullLogger<StoreConnection>.Instance);
        await _connection.OpenAsync();
        (_tasks, _leases) = (new(_connection), new(_connection));
        await new SiloStore(_connection).RegisterAsync(Silo, "caps", [new("work", new("q", new()))]);
        _dispatcher = (await _leases.OpenAsync("q")).Epoch;
    }

    [GlobalCleanup]
    public async Task CleanUpAsync()
    {
        await _connection.DisposeAsync();
        await _redis.DisposeAsync();
    }

    /// <summary>From the first script to the last, of a task.</summary>
    [Benchmark(OperationsPerInvoke = Tasks)]
    public async Task AcceptLeaseEndAsync()
    {
        for (var done = 0; done < Tasks; done += Batch)
        {
            await Task.WhenAll(Enumerable.Range(0, Batch).Select(_ => _tasks.AcceptAsync(NewTask($"t{_last++}"))));
            var leased = (await _leases.LeaseAsync("q", _dispatcher, Silo, "caps", Batch, Batch, TimeSpan.Zero)).Leases;
            if (leased.Count != Batch)
            {
                throw new InvalidOperationException($"{leased.Count} of {Batch} were leased.");
            }

            await Task.WhenAll(leased.Select(l => _tasks.FinishAsync(l.Id, l.Token, new Verdict.Succeed(JsonText.From(1)), [])));
        }
    }

    private static NewTask NewTask(string id) => new(id, "hash", "q", "work", 5, TimeSpan.Zero, null, new(new("work"), JsonText.From(new { x = 1, y = 2 })));
}
