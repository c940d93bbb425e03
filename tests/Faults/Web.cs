using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using TaskGrid.Kit;

namespace TaskGrid.Faults;

/// <summary>
/// A <c>Client.Web</c> process, and a program that only speaks HTTP to it. What is not answered is asked again with the same
/// id, as the grid's users are told to.
/// </summary>
internal sealed class Web : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);

    private readonly ServerProcess _process;
    private readonly HttpClient _http;

    private Web(ServerProcess process, string address)
    {
        _process = process;
        _http = new() { BaseAddress = new(address), Timeout = TimeSpan.FromSeconds(20) };
    }

    /// <summary>How many requests had no answer that counts, and were repeated.</summary>
    public int Repeated => _repeated;

    private int _repeated;

    public static async Task<Web> StartAsync(RedisServer redis)
    {
        var address = $"http://127.0.0.1:{RedisServer.FreePort()}";
        var process = await ServerProcess.StartAsync(Path.Combine(AppContext.BaseDirectory, "TaskGrid.Client.Web.dll"), "Application started", new Dictionary<string, string>
        {
            ["ConnectionStrings__redis"] = redis.ConnectionString,
            ["ASPNETCORE_ENVIRONMENT"] = "Production",
            ["ASPNETCORE_URLS"] = address,
            ["Logging__LogLevel__Default"] = "Warning",
            ["Logging__LogLevel__Microsoft.Hosting.Lifetime"] = "Information",
            ["DOTNET_gcServer"] = "0",
        });
        return new(process, address);
    }

    /// <summary>Submits a task under an id that is made before the first try; returns it when the grid has said yes.</summary>
    public async Task<string> SubmitAsync(string task, object args)
    {
        var id = Guid.CreateVersion7().ToString();
        await AskAsync(() => _http.PostAsJsonAsync("/api/v1/tasks", new { task, args, id }));
        return id;
    }

    /// <summary>The task's snapshot once it is final, or as it is when the limit is over.</summary>
    public async Task<JsonElement> FinalAsync(string id, TimeSpan limit)
    {
        var end = RealGrid.Now + limit;
        while (true)
        {
            var snapshot = await AskAsync(() => _http.GetAsync($"/api/v1/tasks/{id}?wait=10"));
            if (snapshot.GetProperty("finishedAt").ValueKind != JsonValueKind.Null || RealGrid.Now > end)
            {
                return snapshot;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _process.DisposeAsync();
    }

    private async Task<JsonElement> AskAsync(Func<Task<HttpResponseMessage>> request)
    {
        var end = RealGrid.Now + s_patience;
        while (true)
        {
            var problem = "";
            try
            {
                using var answer = await request();
                if (answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Accepted)
                {
                    return await answer.Content.ReadFromJsonAsync<JsonElement>();
                }

                problem = $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}";
                if ((int)answer.StatusCode < 500)
                {
                    throw new InvalidOperationException($"Refused: {problem}");
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

            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        }
    }
}
