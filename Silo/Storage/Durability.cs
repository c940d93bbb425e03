namespace TaskGrid.Embedded;

/// <summary>What an acknowledged write to the store survives.</summary>
internal enum Durability
{
    /// <summary>The store does not let its settings be read.</summary>
    Unknown,

    /// <summary>Nothing for certain: a restart of the store can lose acknowledged writes.</summary>
    NotDurable,

    /// <summary>The death of any process of the grid; not the loss of power, and the store's own death but for what it answered while it synced.</summary>
    ProcessSafe,

    /// <summary>The loss of power too: the write was on disk before it was acknowledged.</summary>
    Durable,
}
