using Microsoft.Extensions.Diagnostics.HealthChecks;
using StackExchange.Redis;

namespace TaskGrid.Embedded;

/// <summary>A connection to the store, apart from the engine's, that only looks how the store is.</summary>
internal sealed class StoreProbe : IAsyncDisposable
{
    private const int TimeoutMilliseconds = 3000;

    private readonly ConfigurationOptions _options;
    private readonly bool _embedded;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _connecting = new(1);
    private ConnectionMultiplexer? _connection;

    /// <param name="connectionString">The store to look at.</param>
    /// <param name="embedded">Whether it is an <see cref="EmbeddedStore"/>, hosted here or joined.</param>
    /// <param name="time">The clock of the time-outs.</param>
    /// <exception cref="InvalidOperationException">The connection string makes no sense.</exception>
    public StoreProbe(string connectionString, bool embedded, TimeProvider time)
    {
        _embedded = embedded;
        _time = time;
        _options = Parse(connectionString);
        // The caller retries, and wants the reason each time.
        _options.AbortOnConnectFail = true;
        _options.ConnectRetry = 1;
        _options.ConnectTimeout = _options.SyncTimeout = _options.AsyncTimeout = TimeoutMilliseconds;
        _options.BacklogPolicy = BacklogPolicy.FailFast;
        // Pauses that grow, as they do by default, would have it say that the store is away when it is back.
        _options.ReconnectRetryPolicy = new LinearRetry(TimeoutMilliseconds / 2);
        _options.ClientName = "taskgrid-probe";
    }

    /// <summary>How the store is at this moment: unhealthy, with the reason in plain words, when it can't be used.</summary>
    public async Task<StoreVerdict> ExamineAsync(CancellationToken cancellationToken)
    {
        try
        {
            var database = (await ConnectAsync(cancellationToken).ConfigureAwait(false)).GetDatabase();
            await database.PingAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
            return StoreDurability.Judge(await ReadSettingsAsync(database, cancellationToken).ConfigureAwait(false));
        }
        catch (Exception e) when (e is RedisException or RedisTimeoutException or InvalidOperationException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            // The last two are what the client says of a connection that dies while it writes to it.
            var reason = await StoreFault.ExplainAsync(e, _options, _time, cancellationToken).ConfigureAwait(false);
            return new StoreVerdict(Durability.Unknown, HealthStatus.Unhealthy, $"The store can't be used: {reason}.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        _connecting.Dispose();
        if (_connection is not null)
        {
            await _connection.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task<ConnectionMultiplexer> ConnectAsync(CancellationToken cancellationToken)
    {
        await _connecting.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return _connection ??= await ConnectionMultiplexer.ConnectAsync(_options).ConfigureAwait(false);
        }
        finally
        {
            _connecting.Release();
        }
    }

    private async Task<IReadOnlyDictionary<string, string>?> ReadSettingsAsync(IDatabase database, CancellationToken cancellationToken)
    {
        var settings = new Dictionary<string, string>();
        try
        {
            // One at a time: Redis 6 takes a single name.
            foreach (var name in StoreDurability.Settings)
            {
                var answer = await database.ExecuteAsync("CONFIG", "GET", name).WaitAsync(cancellationToken).ConfigureAwait(false);
                if (answer.Length >= 2)
                {
                    settings[name] = answer[1].ToString();
                }
            }
        }
        catch (RedisServerException)
        {
            return null;
        }

        if (_embedded)
        {
            // Garnet itself does not know that CommittingGarnet waits for it.
            settings["aof-commit-wait"] = "yes";
        }

        return settings;
    }

    // The parser's own message can quote a part of the string, and that part can be the password.
    private static ConfigurationOptions Parse(string connectionString)
    {
        try
        {
            var options = ConfigurationOptions.Parse(connectionString);
            return options.EndPoints.Count > 0 ? options : throw new ArgumentException("no endpoint");
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            throw new InvalidOperationException("The connection string redis can't be read. It looks like host:port,user=...,password=...,ssl=true.");
        }
    }
}
