namespace TaskGrid.Access;

/// <summary>The keys, by their ids, as they are written down.</summary>
[GenerateSerializer, Alias("taskgrid.api-keys-state")]
internal sealed class ApiKeysState
{
    [Id(0)]
    public Dictionary<string, StoredApiKey> Keys { get; set; } = [];
}
