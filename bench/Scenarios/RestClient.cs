using System.Net.Http.Json;
using System.Text.Json;

namespace TaskGrid.Bench;

/// <summary>What any program that speaks HTTP does.</summary>
internal sealed class RestClient(Uri web) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler()) { BaseAddress = web, Timeout = TimeSpan.FromMinutes(5) };

    /// <summary>Submits an addition; waits for its result when asked to.</summary>
    /// <returns>The task as it was answered.</returns>
    public async Task<JsonElement> SubmitAsync(int x, string query = "")
    {
        using var response = await _http.PostAsJsonAsync($"api/v1/tasks{query}", new { task = "add", args = new { x, y = 1 } });
        return await ReadAsync(response);
    }

    /// <summary>Submits many.</summary>
    /// <exception cref="InvalidOperationException">One was refused.</exception>
    public async Task SubmitBatchAsync(int count)
    {
        using var response = await _http.PostAsJsonAsync("api/v1/tasks/batch", Enumerable.Range(0, count).Select(x => new { task = "add", args = new { x, y = 1 } }));
        var refused = (await ReadAsync(response)).GetProperty("items").EnumerateArray().FirstOrDefault(i => i.GetProperty("status").GetInt32() >= 400);
        if (refused.ValueKind != JsonValueKind.Undefined)
        {
            throw new InvalidOperationException($"A submit was refused: {refused}");
        }
    }

    /// <summary>Reads server-sent events until told to stop.</summary>
    public async Task ReadEventsAsync(string path, Action told, CancellationToken stop)
    {
        using var response = await _http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, stop);
        response.EnsureSuccessStatusCode();
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(stop));
        while (await reader.ReadLineAsync(stop) is { } line)
        {
            if (line.StartsWith("data:", StringComparison.Ordinal))
            {
                told();
            }
        }
    }

    public Task<HttpResponseMessage> GetAsync(string path, CancellationToken stop) => _http.GetAsync(path, stop);

    public Task<HttpResponseMessage> PostAsync(string path, object body) => _http.PostAsJsonAsync(path, body);

    public void Dispose() => _http.Dispose();

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response)
    {
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }
}
