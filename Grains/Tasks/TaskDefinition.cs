using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;

namespace TaskGrid.Tasks;

/// <summary>The part of a record that tasks of one name share: what was asked for, with the defaults filled in.</summary>
/// <param name="Task">The task name.</param>
/// <param name="Settings">What differs from the built-in values, if anything does.</param>
/// <param name="Sensitive">The arguments that only the handler sees; <c>null</c> when there are none. The store's script looks for this member by its name.</param>
internal sealed record TaskHeader(string Task, TaskSettings? Settings = null, IReadOnlyList<SensitiveArg>? Sensitive = null)
{
    private ResolvedSettings? _resolved;

    /// <summary>The settings with the built-in values filled in.</summary>
    public ResolvedSettings Resolve() => _resolved ??= new(Settings ?? new());

    public bool Equals(TaskHeader? other) =>
        other is not null && Task == other.Task && Settings == other.Settings
        && (ReferenceEquals(Sensitive, other.Sensitive) || (Sensitive ?? []).SequenceEqual(other.Sensitive ?? []));

    public override int GetHashCode() => HashCode.Combine(Task, Settings, Sensitive?.Count ?? 0);
}

/// <summary>The part of a record that is the task's own.</summary>
internal sealed record TaskMeta
{
    public static TaskMeta None { get; } = new();

    public IReadOnlyList<string>? Tags { get; init; }

    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    public string? ParentId { get; init; }

    public string? RootId { get; init; }

    public string? TraceParent { get; init; }

    public string? TraceState { get; init; }

    public string? ConcurrencyKey { get; init; }

    public string? IdempotencyKey { get; init; }

    public Deduplication? Deduplication { get; init; }

    public string? Webhook { get; init; }
}

/// <summary>What never changes of a task. Stored as the header's JSON, the own part's JSON (or nothing) and the arguments as they came, a line feed between them.</summary>
internal sealed record TaskDefinition(TaskHeader Header, JsonText Args, TaskMeta? Own = null)
{
    // Tasks of one name share their header, so the text of a header is parsed once. The bound keeps odd headers
    // (a MaxAttempts of its own for every task) from growing it without end.
    private const int MaxCachedHeaders = 1000;
    private const byte Separator = (byte)'\n';
    private static readonly ConcurrentDictionary<TaskHeader, byte[]> s_texts = new();
    private static readonly ConcurrentDictionary<string, TaskHeader> s_headers = new(StringComparer.Ordinal);

    public TaskMeta Meta => Own ?? TaskMeta.None;

    /// <summary>The arguments as everybody but the handler sees them.</summary>
    public JsonText ShownArgs => Header.Sensitive is { } sensitive ? ArgsRedaction.Hide(Args, sensitive) : Args;

    public byte[] Encode()
    {
        var header = s_texts.Count > MaxCachedHeaders ? Write(Header) : s_texts.GetOrAdd(Header, Write);
        byte[] meta = Own is null ? [] : JsonSerializer.SerializeToUtf8Bytes(Own, StoredJson.Default.TaskMeta);
        return [.. header, Separator, .. meta, Separator, .. Args.Utf8.Span];
    }

    public static TaskDefinition Decode(byte[] stored)
    {
        var end = Array.IndexOf(stored, Separator);
        var text = Encoding.UTF8.GetString(stored, 0, end);
        var header = s_headers.Count > MaxCachedHeaders ? Read(text) : s_headers.GetOrAdd(text, Read);
        var second = Array.IndexOf(stored, Separator, end + 1);
        var meta = second == end + 1 ? null : JsonSerializer.Deserialize(stored.AsSpan(end + 1, second - end - 1), StoredJson.Default.TaskMeta);
        return new(header, new JsonText(stored[(second + 1)..]), meta);
    }

    private static byte[] Write(TaskHeader header) => JsonSerializer.SerializeToUtf8Bytes(header, StoredJson.Default.TaskHeader);

    private static TaskHeader Read(string text) => JsonSerializer.Deserialize(text, StoredJson.Default.TaskHeader)!;
}
