using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace TaskGrid.Storage;

/// <summary>
/// Calls the engine's script. Where the store keeps functions, it is loaded once, under a name of its own; elsewhere all of it is evaluated with each
/// call, which costs the store some 0.1 ms.
/// </summary>
/// <param name="key">The grid's epoch.</param>
/// <param name="text">The script.</param>
/// <param name="logger">Told which of the two it is.</param>
internal sealed partial class EngineCalls(RedisKey key, string text, ILogger logger)
{
    private const int MostOthers = 8;

    private readonly RedisKey[] _keys = [key];
    private readonly string _name = EngineScript.NameOf(text);
    private readonly string _script = EngineScript.ForEval(text);
    private bool _isKept;

    /// <summary>Makes the script a function of the store, if it takes it. Those of other versions may be in use; of many of them none is.</summary>
    public async Task OpenAsync(IDatabase database)
    {
        var others = (await LoadAsync(database).ConfigureAwait(false)).Where(n => n != _name).ToList();
        foreach (var name in others.Count > MostOthers ? others : [])
        {
            await ForgetAsync(database, name).ConfigureAwait(false);
        }
    }

    public async Task<RedisResult> CallAsync(IDatabase database, RedisValue[] argv)
    {
        if (!_isKept)
        {
            return await database.ScriptEvaluateAsync(_script, _keys, argv).ConfigureAwait(false);
        }

        var args = new object[argv.Length + 3];
        (args[0], args[1], args[2]) = (_name, 1, key);
        for (var i = 0; i < argv.Length; i++)
        {
            args[i + 3] = argv[i].Box()!;
        }

        try
        {
            return await database.ExecuteAsync("FCALL", args, CommandFlags.DemandMaster).ConfigureAwait(false);
        }
        catch (RedisServerException e) when (e.Message.Contains("Function not found", StringComparison.OrdinalIgnoreCase))
        {
            // Nothing has been carried out. Another server has taken over, or somebody has removed it.
            await LoadAsync(database).ConfigureAwait(false);
            return _isKept
                ? await database.ExecuteAsync("FCALL", args, CommandFlags.DemandMaster).ConfigureAwait(false)
                : await database.ScriptEvaluateAsync(_script, _keys, argv).ConfigureAwait(false);
        }
    }

    /// <returns>The libraries of this and other versions that were there before.</returns>
    private async Task<IReadOnlyList<string>> LoadAsync(IDatabase database)
    {
        try
        {
            // Asked before it is sent: a store that knows no functions may take so long a command for several.
            var server = await ServerAsync(database).ConfigureAwait(false);
            var libraries = (RedisResult[])(await server.ExecuteAsync("FUNCTION", "LIST", "LIBRARYNAME", $"{EngineScript.LibraryPrefix}*").ConfigureAwait(false))!;
            var names = libraries.Select(l => (string)l.ToDictionary()["library_name"]!).ToList();
            if (!names.Contains(_name))
            {
                await LoadAsync(server).ConfigureAwait(false);
            }

            // Whether it may be called as well: no grid has this epoch.
            await database.ExecuteAsync("FCALL", [_name, 1, key, "", "", 0, 0], CommandFlags.DemandMaster).ConfigureAwait(false);
            _isKept = true;
            return names;
        }
        catch (RedisServerException e)
        {
            // Only what the server says decides: where it did not answer, the next call finds out.
            _isKept = false;
            LogNoFunctions(e.Message);
            return [];
        }
    }

    private async Task LoadAsync(IServer server)
    {
        try
        {
            await server.ExecuteAsync("FUNCTION", "LOAD", EngineScript.ForLoad(text)).ConfigureAwait(false);
        }
        catch (RedisServerException e) when (e.Message.Contains("already exists", StringComparison.OrdinalIgnoreCase))
        {
            // Another silo was faster.
        }
    }

    /// <summary>A silo of that version that is still there loads its own again, and lets this one be: only who comes does this.</summary>
    private async Task ForgetAsync(IDatabase database, string name)
    {
        try
        {
            await (await ServerAsync(database).ConfigureAwait(false)).ExecuteAsync("FUNCTION", "DELETE", name).ConfigureAwait(false);
        }
        catch (RedisServerException)
        {
            // Another silo was faster.
        }
    }

    // Of several servers the one that has the grid.
    private async Task<IServer> ServerAsync(IDatabase database) =>
        database.Multiplexer.GetServer(await database.IdentifyEndpointAsync(key, CommandFlags.DemandMaster).ConfigureAwait(false)
            ?? throw new RedisServerException("No server has the grid."));

    [LoggerMessage(LogLevel.Debug, "The store does not keep functions, so the engine's script is evaluated with each call: {Reason}")]
    private partial void LogNoFunctions(string reason);
}
