using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using TaskGrid.Kit;

namespace TaskGrid.Bench;

/// <summary>Submits over HTTP at an even pace: with nobody else there, and while thousands wait for tasks and follow them.</summary>
internal sealed class WebScenario : IAsyncDisposable
{
    private const int SubmitsPerSecond = 50;
    private const int LongPolls = 1000;
    private const int Followers = 1000;
    private const int GridFollowers = 10;
    private static readonly TimeSpan s_measured = TimeSpan.FromSeconds(30);

    private static readonly int[] s_args = [1, 2];

    private readonly ServerProcess _web;
    private readonly HttpClient _http;
    private readonly CancellationTokenSource _end = new();
    private readonly Random _random = new(1);
    private long _finished;
    private long _told;
    private long _heard;

    private WebScenario(ServerProcess web, HttpClient http)
    {
        _web = web;
        _http = http;
    }

    public static async Task<string> RunAsync(BenchGrid grid)
    {
        var address = $"http://127.0.0.1:{Ports.Free()}";
        var web = await ServerProcess.StartAsync(Program(), "Application started", new Dictionary<string, string>
        {
            ["ConnectionStrings__redis"] = grid.Redis,
            ["ASPNETCORE_URLS"] = address,
            ["ASPNETCORE_CONTENTROOT"] = Path.GetDirectoryName(Program())!,
            ["Logging__LogLevel__Default"] = "Warning",
            ["Logging__LogLevel__Microsoft.Hosting.Lifetime"] = "Information",
        });
        await using var scenario = new WebScenario(web, new(new SocketsHttpHandler()) { BaseAddress = new(address), Timeout = TimeSpan.FromMinutes(5) });
        return await scenario.MeasureAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _http.Dispose();
        await _web.DisposeAsync();
        _end.Dispose();
    }

    private async Task<string> MeasureAsync()
    {
        await SubmitAsync(TimeSpan.FromSeconds(10));
        var quiet = await SubmitAsync(s_measured);
        var others = Enumerable.Range(0, LongPolls).Select(_ => PollAsync())
            .Concat(Enumerable.Range(0, Followers).Select(_ => FollowAsync()))
            .Concat(Enumerable.Range(0, GridFollowers).Select(_ => ListenAsync())).ToList();
        await SubmitAsync(TimeSpan.FromSeconds(15));
        var before = _web.Cpu;
        var busy = await SubmitAsync(s_measured);
        var cpu = (_web.Cpu - before) / s_measured;
        await _end.CancelAsync();
        await Task.WhenAll(others);
        var (quietly, busily) = (Statistics.Percentile(quiet, 0.99), Statistics.Percentile(busy, 0.99));
        return $"Submits over HTTP, {SubmitsPerSecond} a second for {s_measured.TotalSeconds:0} s (N = {quiet.Length} and {busy.Length}): p50 {Statistics.Percentile(quiet, 0.5):0.0} / p99 {quietly:0.0} ms alone; "
            + $"p50 {Statistics.Percentile(busy, 0.5):0.0} / p99 {busily:0.0} ms beside {LongPolls} long polls ({_finished} tasks waited for), {Followers} followers of a task each ({_told} events) and "
            + $"{GridFollowers} of the grid ({_heard} events): {busily - quietly:+0.0;-0.0} ms. The web process takes {cpu:P0} of a core, and {_web.Memory >> 20} MiB.";
    }

    private async Task<double[]> SubmitAsync(TimeSpan time)
    {
        var submits = new List<Task<double>>();
        using var tick = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / SubmitsPerSecond));
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < time && await tick.WaitForNextTickAsync())
        {
            submits.Add(TimeAsync());
        }

        return await Task.WhenAll(submits);

        async Task<double> TimeAsync()
        {
            var start = Stopwatch.GetTimestamp();
            await NewTaskAsync(0);
            return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
    }

    private async Task<string> NewTaskAsync(double delay)
    {
        using var response = await _http.PostAsJsonAsync("api/v1/tasks", new { task = "add", args = s_args, delay });
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }

    private Task PollAsync() => AgainAndAgainAsync(async () =>
    {
        var id = await NewTaskAsync(Delay());
        using var response = await _http.GetAsync($"api/v1/tasks/{id}?wait=60", _end.Token);
        response.EnsureSuccessStatusCode();
        Interlocked.Increment(ref _finished);
    });

    private Task FollowAsync() => AgainAndAgainAsync(async () =>
    {
        var id = await NewTaskAsync(Delay());
        await ReadEventsAsync($"api/v1/tasks/{id}/events", () => Interlocked.Increment(ref _told));
    });

    private Task ListenAsync() => AgainAndAgainAsync(() => ReadEventsAsync("api/v1/events", () => Interlocked.Increment(ref _heard)));

    private async Task ReadEventsAsync(string path, Action told)
    {
        using var response = await _http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, _end.Token);
        response.EnsureSuccessStatusCode();
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(_end.Token));
        while (await reader.ReadLineAsync(_end.Token) is { } line)
        {
            if (line.StartsWith("data:", StringComparison.Ordinal))
            {
                told();
            }
        }
    }

    private async Task AgainAndAgainAsync(Func<Task> act)
    {
        try
        {
            while (!_end.IsCancellationRequested)
            {
                await act();
            }
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            // It is over.
        }
    }

    private double Delay()
    {
        lock (_random)
        {
            return 2 + (_random.NextDouble() * 20);
        }
    }

    private static string Program()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Orleans.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("This is not run from the repository.");
        }

        var configuration = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";
        return Path.Combine(folder, "Client.Web", "bin", configuration, "net10.0", "TaskGrid.Client.Web.dll");
    }
}
