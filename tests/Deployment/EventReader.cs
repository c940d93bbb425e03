using System.Net.ServerSentEvents;
using System.Text.Json;

namespace TaskGrid.Deployment;

/// <summary>Reads a stream of server-sent events.</summary>
internal sealed class EventReader : IDisposable
{
    // A guard against a hang, not a measure.
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);

    private readonly HttpResponseMessage _response;
    private readonly IAsyncEnumerator<SseItem<string>> _events;
    private readonly CancellationTokenSource _limit = new(s_limit, TimeProvider.System);

    private EventReader(HttpResponseMessage response, Stream body)
    {
        _response = response;
        _events = SseParser.Create(body).EnumerateAsync(_limit.Token).GetAsyncEnumerator(_limit.Token);
    }

    /// <summary>Opens it; when this returns it is being listened to.</summary>
    public static async Task<EventReader> OpenAsync(HttpClient http, string path)
    {
        var response = await http.GetAsync(new Uri(path, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        return new(response, await response.Content.ReadAsStreamAsync());
    }

    /// <summary>All events that tell of a task, up to the one that is asked for.</summary>
    public async Task<IReadOnlyList<JsonElement>> UntilAsync(Func<JsonElement, bool> last)
    {
        var seen = new List<JsonElement>();
        while (await _events.MoveNextAsync())
        {
            if (_events.Current.EventType is not ("state" or "task"))
            {
                continue;
            }

            seen.Add(JsonDocument.Parse(_events.Current.Data).RootElement);
            if (last(seen[^1]))
            {
                return seen;
            }
        }

        throw new InvalidOperationException($"The events ended before the last: {string.Join('\n', seen)}");
    }

    public void Dispose()
    {
        _limit.Dispose();
        _response.Dispose();
    }
}
