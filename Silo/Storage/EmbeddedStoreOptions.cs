namespace TaskGrid.Embedded;

/// <summary>What tests turn down; the defaults are what ships.</summary>
internal sealed record EmbeddedStoreOptions
{
    /// <summary>The port to listen on unless the folder's last host had another one, or it is taken.</summary>
    public int Port { get; init; } = 7151;

    /// <summary>
    /// How many bytes the data may take in memory; by default a quarter of what this process may have, from 256 MB to 2 GB. Nothing is
    /// accepted when nine tenths are used. What is more than all of it lies on disk, from where it does not come back whole after every kill.
    /// The more it is, the longer a checkpoint holds everybody up, and the longer a start takes.
    /// </summary>
    public long Memory { get; init; } = Math.Clamp(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4, 256L << 20, 2L << 30);

    /// <summary>How long to wait for a host that has the lock but does not answer yet.</summary>
    public TimeSpan JoinTimeout { get; init; } = TimeSpan.FromMinutes(1);
}
