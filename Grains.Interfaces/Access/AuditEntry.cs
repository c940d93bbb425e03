namespace TaskGrid;

/// <summary>What somebody did by hand over HTTP.</summary>
[GenerateSerializer, Immutable, Alias("taskgrid.audit-entry")]
internal sealed record AuditEntry
{
    /// <summary>1 for the first there ever was; what was read goes on below the last.</summary>
    [Id(0)] public long Number { get; init; }

    /// <summary>When, by the store's clock.</summary>
    [Id(1)] public DateTimeOffset At { get; init; }

    /// <summary>The name of the key, the subject of the token, or <c>local</c>.</summary>
    [Id(2)] public required string Who { get; init; }

    /// <summary>The id of the key; <c>null</c> while nobody is asked for one.</summary>
    [Id(3)] public string? Key { get; init; }

    /// <summary>The address that the request came from.</summary>
    [Id(4)] public string? From { get; init; }

    /// <summary>What was asked for, by the operation's name in the OpenAPI document.</summary>
    [Id(5)] public required string Action { get; init; }

    /// <summary>Method and path.</summary>
    [Id(6)] public required string Target { get; init; }

    /// <summary>The HTTP status that it was answered with; <c>null</c> while it is being done, and for ever when its web process died over it.</summary>
    [Id(7)] public int? Status { get; init; }

    /// <summary>The beginning of the body, where there was one.</summary>
    [Id(9)] public string? Details { get; init; }

    /// <summary>Tells this entry from others alike.</summary>
    [Id(8)] public required string Id { get; init; }
}
