using System.Collections.Concurrent;
using System.Text.Json;

namespace TaskGrid.Tasks;

/// <summary>The part of a record that never changes: what was asked for, with the defaults filled in.</summary>
/// <param name="Task">The task name.</param>
/// <param name="MaxAttempts">How many attempts may fail.</param>
/// <param name="RetryDelay">The upper bound of the first retry's delay, in milliseconds.</param>
/// <param name="MaxRetryDelay">The cap of later ones, in milliseconds.</param>
internal sealed record TaskHeader(string Task, int MaxAttempts, long RetryDelay, long MaxRetryDelay);

/// <summary>A header and the arguments. Stored as the header's JSON, a line feed, and the arguments as they came.</summary>
internal sealed record TaskDefinition(TaskHeader Header, JsonText Args)
{
    // Tasks of one name share their header, so the text of a header is parsed once. The bound keeps odd headers
    // (a MaxAttempts of its own for every task) from growing it without end.
    private const int MaxCachedHeaders = 1000;
    private static readonly ConcurrentDictionary<TaskHeader, byte[]> s_texts = new();
    private static readonly ConcurrentDictionary<string, TaskHeader> s_headers = new(StringComparer.Ordinal);

    public byte[] Encode()
    {
        var header = s_texts.Count > MaxCachedHeaders ? Write(Header) : s_texts.GetOrAdd(Header, Write);
        var args = Args.Utf8.Span;
        var all = new byte[header.Length + 1 + args.Length];
        header.CopyTo(all, 0);
        all[header.Length] = (byte)'\n';
        args.CopyTo(all.AsSpan(header.Length + 1));
        return all;
    }

    public static TaskDefinition Decode(byte[] stored)
    {
        var end = Array.IndexOf(stored, (byte)'\n');
        var text = System.Text.Encoding.UTF8.GetString(stored, 0, end);
        var header = s_headers.Count > MaxCachedHeaders ? Read(text) : s_headers.GetOrAdd(text, Read);
        return new(header, new JsonText(stored[(end + 1)..]));
    }

    private static byte[] Write(TaskHeader header) => JsonSerializer.SerializeToUtf8Bytes(header, StoredJson.Default.TaskHeader);

    private static TaskHeader Read(string text) => JsonSerializer.Deserialize(text, StoredJson.Default.TaskHeader)!;
}
