using System.Net.Http.Json;
using System.Text.Json;

namespace TaskGrid.Deployment;

/// <summary>What <c>deploy/run-cluster.sh</c> starts: Redis, two silos and the web application, each a process.</summary>
internal sealed class RunningCluster : IAsyncDisposable
{
    private const int Silos = 2;

    private readonly string _data;

    private RunningCluster(Script script, HttpClient http, string data) => (Script, Http, _data) = (script, http, data);

    public Script Script { get; }

    /// <summary>The web application.</summary>
    public HttpClient Http { get; }

    /// <param name="settings">What its processes are told beside their addresses.</param>
    public static async Task<RunningCluster> StartAsync(IReadOnlyDictionary<string, string>? settings = null)
    {
        var (data, port) = (Directory.CreateTempSubdirectory("taskgrid-cluster-").FullName, Ports.Free());
        var environment = new Dictionary<string, string>(settings ?? new Dictionary<string, string>())
        {
            ["BUILD"] = "no",
            ["CONFIGURATION"] = Need.Configuration,
            ["DATA"] = data,
            ["WEB_PORT"] = $"{port}",
            ["REDIS_PORT"] = $"{Ports.Free()}",
        };
        var script = await Script.StartAsync(Repository.Root, "Ctrl-C stops all", environment, "bash", "deploy/run-cluster.sh", $"{Silos}");
        return new(script, new() { BaseAddress = new($"http://127.0.0.1:{port}") }, data);
    }

    /// <summary>The names of the workers, once both answer: the web application is ready as soon as one silo is.</summary>
    public async Task<IReadOnlyList<string>> WorkersAsync()
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        for (var tries = 0; tries < 300 && await tick.WaitForNextTickAsync(); tries++)
        {
            var workers = (await Http.GetFromJsonAsync<JsonElement>("api/v1/workers")).GetProperty("items").EnumerateArray().Select(w => w.GetProperty("worker").GetString()!).ToList();
            if (workers.Count == Silos)
            {
                return workers;
            }
        }

        throw new TimeoutException($"There were never {Silos} workers.");
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Script.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }
}
