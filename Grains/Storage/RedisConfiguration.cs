using StackExchange.Redis;

namespace TaskGrid.Storage;

/// <summary>How the connections of a silo to the store are made and kept.</summary>
internal static class RedisConfiguration
{
    /// <summary>
    /// What a connection string says, but that a lost connection is tried again after three tenths of <c>connectTimeout</c> each time: 1.5 s when it
    /// says nothing, which is 2 s, since the client looks once a second.
    /// </summary>
    /// <remarks>
    /// Left alone, pauses grow to 10 s while the store is away, and a store that is back after minutes would not be seen for as long. A try is given up
    /// when the next one is due: where connecting takes longer, <c>connectTimeout</c> is to be raised.
    /// </remarks>
    public static ConfigurationOptions Parse(string connectionString)
    {
        var options = ConfigurationOptions.Parse(connectionString);
        options.ReconnectRetryPolicy = new LinearRetry(options.ConnectTimeout * 3 / 10);
        return options;
    }
}
