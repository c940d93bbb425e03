namespace TaskGrid.Access;

/// <summary>The keys, by their ids, as they are written down.</summary>
[GenerateSerializer, Alias("taskgrid.api-keys-state")]
internal sealed class ApiKeysState
{
    [Id(0)]
    public Dictionary<string, StoredApiKey> Keys { get; set; } = [];

    /// <summary>Ids of keys that were removed, and until when that is remembered: a call that made one of them may come late.</summary>
    [Id(1)]
    public Dictionary<string, DateTimeOffset> Removed { get; set; } = [];
}
