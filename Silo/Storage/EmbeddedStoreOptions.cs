namespace TaskGrid.Embedded;

/// <summary>What tests turn down; the defaults are what ships.</summary>
internal sealed record EmbeddedStoreOptions
{
    /// <summary>The port to listen on unless the folder's last host had another one, or it is taken.</summary>
    public int Port { get; init; } = 7151;

    /// <summary>How much data stays in memory (Garnet's notation). The rest lies on disk.</summary>
    public string Memory { get; init; } = "256m";

    /// <summary>How long to wait for a host that has the lock but does not answer yet.</summary>
    public TimeSpan JoinTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
