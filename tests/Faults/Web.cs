using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using TaskGrid.Kit;

namespace TaskGrid.Faults;

/// <summary>
/// A <c>Client.Web</c> process, and a program that only speaks HTTP to it and keeps a ledger. What is not answered is asked again with
/// the same id or key, as the grid's users are told to.
/// </summary>
internal sealed class Web : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(200);

    private readonly Dictionary<string, string> _environment;
    private readonly HttpClient _http;
    private readonly ConcurrentQueue<string> _unhandled = [];
    private ServerProcess _process = null!;
    private int _repeated;

    private Web(string redis, string address, (string Key, string Value)[] settings)
    {
        _environment = new()
        {
            ["ConnectionStrings__redis"] = redis,
            ["ASPNETCORE_ENVIRONMENT"] = "Production",
            ["ASPNETCORE_URLS"] = address,
            ["Logging__LogLevel__Default"] = "Warning",
            ["Logging__LogLevel__Microsoft.Hosting.Lifetime"] = "Information",
            ["DOTNET_gcServer"] = "0",
        };
        foreach (var (key, value) in settings)
        {
            _environment[key] = value;
        }

        _http = new() { BaseAddress = new(address), Timeout = TimeSpan.FromSeconds(20) };
    }

    /// <summary>How many requests had no answer that counts, and were repeated.</summary>
    public int Repeated => _repeated;

    /// <summary>Answers that no client can do anything with: server errors other than 503 with the time after which to try again.</summary>
    public IReadOnlyCollection<string> Unhandled => _unhandled;

    public string Output => _process.Output;

    public int Pid => _process.Pid;

    /// <summary>Resident memory in bytes.</summary>
    public long Memory => _process.Memory;

    public static async Task<Web> StartAsync(string redis, params (string Key, string Value)[] settings)
    {
        var web = new Web(redis, $"http://127.0.0.1:{Ports.Free()}", settings);
        await web.RestartAsync();
        return web;
    }

    /// <summary>kill -9.</summary>
    public Task KillAsync() => _process.KillAsync();

    /// <summary>Starts it again at the same address.</summary>
    public async Task RestartAsync() =>
        _process = await ServerProcess.StartAsync(Path.Combine(AppContext.BaseDirectory, "TaskGrid.Client.Web.dll"), "Application started", _environment);

    /// <summary>Submits a task under an id that is made before the first try; returns it when the grid has said yes.</summary>
    public async Task<string> SubmitAsync(Ledger ledger, string task, object args, Dictionary<string, object>? options = null, TaskState end = TaskState.Succeeded)
    {
        var id = Guid.CreateVersion7().ToString();
        ledger.Attempt(id);
        ledger.Expect(id, end);
        var body = new Dictionary<string, object>(options ?? []) { ["task"] = task, ["args"] = args, ["id"] = id };
        await AskAsync(() => _http.PostAsJsonAsync("/api/v1/tasks", body));
        ledger.Acknowledge(id);
        return id;
    }

    /// <summary>Submits a task under an idempotency key; returns the id that the grid has given it.</summary>
    public async Task<string> SubmitOnceAsync(Ledger ledger, string key, string task, object args)
    {
        var snapshot = await AskAsync(() => _http.PostAsJsonAsync("/api/v1/tasks", new { task, args, idempotencyKey = key }), s => ledger.Acknowledge(IdOf(s), key));
        return IdOf(snapshot);
    }

    /// <summary>Cancels a task.</summary>
    public Task CancelAsync(string id) => AskAsync(() => _http.PostAsync($"/api/v1/tasks/{id}/cancel", null));

    /// <summary>Whether the grid knows a task; asked until it answers.</summary>
    public async Task<bool> IsKnownAsync(string id)
    {
        var status = HttpStatusCode.ServiceUnavailable;
        await RealGrid.UntilAsync(async () => (status = (await TryAsync(HttpMethod.Get, $"/api/v1/tasks/{id}")).Status) is HttpStatusCode.OK or HttpStatusCode.NotFound, $"the grid tells of task {id}");
        return status == HttpStatusCode.OK;
    }

    /// <summary>The task's snapshot once it is final, or as it is when the limit is over.</summary>
    public async Task<JsonElement> FinalAsync(Ledger ledger, string id, TimeSpan limit)
    {
        var end = RealGrid.Now + limit;
        while (true)
        {
            var snapshot = await AskAsync(() => _http.GetAsync($"/api/v1/tasks/{id}?wait=10"), s => ledger.See(id, SeenIn(s)));
            if (snapshot.GetProperty("finishedAt").ValueKind != JsonValueKind.Null || RealGrid.Now > end)
            {
                return snapshot;
            }
        }
    }

    /// <summary>The status of one request that is not repeated, with its body.</summary>
    public async Task<(HttpStatusCode Status, string Body)> TryAsync(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var answer = await _http.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _process.DisposeAsync();
    }

    private static string IdOf(JsonElement snapshot) => snapshot.GetProperty("id").GetString()!;

    private static Seen SeenIn(JsonElement snapshot) => new(
        Enum.Parse<TaskState>(snapshot.GetProperty("state").GetString()!, ignoreCase: true),
        snapshot.TryGetProperty("result", out var result) ? TokenIn(result) : null,
        snapshot.GetProperty("attempt").GetInt32(),
        snapshot.GetProperty("maxAttempts").GetInt32());

    // A result says whose it is, and some add much more than that.
    private static long? TokenIn(JsonElement result) => result.ValueKind switch
    {
        JsonValueKind.Number => result.GetInt64(),
        JsonValueKind.String => long.Parse(result.GetString()!.Split(' ')[0], CultureInfo.InvariantCulture),
        _ => null,
    };

    private async Task<JsonElement> AskAsync(Func<Task<HttpResponseMessage>> request, Action<JsonElement>? onAnswer = null)
    {
        var end = RealGrid.Now + s_patience;
        while (true)
        {
            string problem;
            try
            {
                using var answer = await request();
                if (answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Accepted)
                {
                    var snapshot = await answer.Content.ReadFromJsonAsync<JsonElement>();
                    onAnswer?.Invoke(snapshot);
                    return snapshot;
                }

                problem = $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}";
                if ((int)answer.StatusCode < 500)
                {
                    throw new InvalidOperationException($"Refused: {problem}");
                }

                if (answer.StatusCode != HttpStatusCode.ServiceUnavailable || answer.Headers.RetryAfter is null)
                {
                    _unhandled.Enqueue(problem);
                }
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
            {
                problem = e.Message;
            }

            Interlocked.Increment(ref _repeated);
            if (RealGrid.Now > end)
            {
                throw new TimeoutException($"No answer within {s_patience}: {problem}");
            }

            await Task.Delay(s_pause, TimeProvider.System);
        }
    }
}
