using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace TaskGrid.Access;

/// <summary>How many answers without end each key has in this process: nobody takes all connections for themselves.</summary>
internal sealed class StreamLimit(IOptions<AccessOptions> options)
{
    private readonly ConcurrentDictionary<string, int> _open = new(StringComparer.Ordinal);

    /// <summary>Counts one until its request is over.</summary>
    /// <returns>Why it is one too many, if it is.</returns>
    public TaskRefusal? Enter(HttpContext http)
    {
        var most = options.Value.StreamsPerKey;
        if (most == 0)
        {
            return null;
        }

        var key = http.User.FindFirst(ApiKeyHandler.KeyClaim)?.Value ?? "";
        if (_open.AddOrUpdate(key, 1, (_, n) => n + 1) > most)
        {
            Leave(key);
            http.Response.Headers.RetryAfter = "5";
            return new(Errors.ApiErrorCodes.TooManyRequests, $"This key may follow {most} streams of events at a time: close some.");
        }

        http.Response.RegisterForDispose(new Place(this, key));
        return null;
    }

    private void Leave(string key)
    {
        if (_open.AddOrUpdate(key, 0, (_, n) => n - 1) <= 0)
        {
            _open.TryRemove(new(key, 0));
        }
    }

    private sealed class Place(StreamLimit limit, string key) : IDisposable
    {
        public void Dispose() => limit.Leave(key);
    }
}
