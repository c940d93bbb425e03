using System.Globalization;
using StackExchange.Redis;

namespace TaskGrid.Storage;

/// <summary>The log of what was done by hand over HTTP. It is added to, and nothing in it is ever changed but what came of an entry; it keeps the last 10,000.</summary>
internal sealed class AuditStore(StoreConnection store)
{
    /// <summary>Adds an entry; the same one again is the same line.</summary>
    /// <returns>Its number.</returns>
    public async Task<long> AddAsync(string entry) => (long)(await store.WriteAsync("audit", entry).ConfigureAwait(false))[1];

    /// <summary>Writes down what came of an entry.</summary>
    public Task EndAsync(long number, int status) => store.WriteAsync("audited", number, status);

    /// <summary>The entries below a number, newest first.</summary>
    /// <param name="below">The number; <c>null</c> for the newest.</param>
    /// <param name="max">How many at most.</param>
    public async Task<IReadOnlyList<AuditLine>> ReadAsync(long? below, int max)
    {
        var lines = await store.ReadAsync("readaudit", below is { } number ? (RedisValue)number : "", max).ConfigureAwait(false);
        return [.. lines.Select(l => Parse((string)l!)).Reverse()];
    }

    private static AuditLine Parse(string line)
    {
        var words = line.Split(' ', 4);
        return new(
            long.Parse(words[0], CultureInfo.InvariantCulture), long.Parse(words[1], CultureInfo.InvariantCulture),
            int.TryParse(words[2], CultureInfo.InvariantCulture, out var status) ? status : null, words[3]);
    }
}

/// <summary>A line of the log.</summary>
/// <param name="Number">1 for the first there ever was.</param>
/// <param name="At">Unix milliseconds by the store's clock.</param>
/// <param name="Status">The HTTP status that it was answered with, once that is known.</param>
/// <param name="Entry">The entry, as JSON.</param>
internal readonly record struct AuditLine(long Number, long At, int? Status, string Entry);
