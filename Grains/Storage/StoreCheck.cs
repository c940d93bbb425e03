using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace TaskGrid.Storage;

/// <summary>Looks whether a store can take more tasks, and keeps those that it has. What was found last holds until the next look.</summary>
internal sealed partial class StoreCheck(bool allowUnsafe, ILogger logger)
{
    private volatile TaskRefusal? _refusal;

    /// <summary>Why no task may be accepted, or <c>null</c>. What is there can be finished.</summary>
    public TaskRefusal? Refusal => _refusal;

    public async Task LookAsync(IDatabase database)
    {
        try
        {
            var condition = new StoreCondition(
                (string?)await AskAsync(database, "INFO", "memory").ConfigureAwait(false) ?? "",
                await SettingAsync(database, "appendonly").ConfigureAwait(false),
                await SettingAsync(database, "maxmemory-policy").ConfigureAwait(false));
            var refusal = condition.Refusal(allowUnsafe);
            if (refusal is not null && refusal != _refusal)
            {
                LogRefusing(refusal.Message);
            }

            _refusal = refusal;
        }
        catch (Exception e) when (e is RedisException or TimeoutException or InvalidOperationException or TaskCanceledException)
        {
            // Beats and calls say so when the store does not answer. The last two are what the client says of a connection that dies
            // while it writes to it.
        }
    }

    private static async Task<string?> SettingAsync(IDatabase database, string name) =>
        await AskAsync(database, "CONFIG", "GET", name).ConfigureAwait(false) is { Length: >= 2 } answer ? (string?)answer[1] : null;

    /// <summary>The answer, or <c>null</c> when the store does not allow the question, as managed services do.</summary>
    private static async Task<RedisResult?> AskAsync(IDatabase database, string command, params object[] args)
    {
        try
        {
            return await database.ExecuteAsync(command, args).ConfigureAwait(false);
        }
        catch (Exception e) when (e is RedisServerException or RedisCommandException)
        {
            return null;
        }
    }

    [LoggerMessage(LogLevel.Error, "{Reason}")]
    private partial void LogRefusing(string reason);
}
