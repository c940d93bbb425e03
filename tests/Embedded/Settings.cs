namespace TaskGrid.Embedded;

internal static class Settings
{
    /// <summary>Any free port, so that tests and a running grid do not meet.</summary>
    public static EmbeddedStoreOptions With(int megabytes = 64) => new() { Port = 0, Memory = (long)megabytes << 20 };
}
