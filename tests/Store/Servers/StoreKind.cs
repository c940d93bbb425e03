namespace TaskGrid.Store;

/// <summary>What the engine's store may be.</summary>
public enum StoreKind
{
    Redis,
    Garnet,
}
