using System.Text;
using StackExchange.Redis;

namespace TaskGrid.Faults;

/// <summary>What lies in the store and what the silos said last, for whoever has to find out why a test failed.</summary>
internal static class Autopsy
{
    private const int MostLines = 40;

    /// <param name="grid">The grid.</param>
    /// <param name="ids">The tasks that it is about: their records are shown, those of others are not.</param>
    public static async Task<string> OfAsync(RealGrid grid, IEnumerable<string> ids)
    {
        var text = new StringBuilder().AppendLine().AppendLine($"Now {RealGrid.Now}; deaths {string.Join(", ", grid.Deaths)}");
        await using var connection = await ConnectionMultiplexer.ConnectAsync(grid.Redis.ConnectionString);
        var shown = ids.Take(5).Select(id => $":t:{id}").ToList();
        foreach (var key in connection.GetServers()[0].Keys(pageSize: 1000).Select(k => k.ToString()).Order())
        {
            if (key.StartsWith('{') && (!key.Contains("}:t:", StringComparison.Ordinal) || shown.Any(key.EndsWith)))
            {
                text.AppendLine($"{key}: {await ValueOfAsync(connection.GetDatabase(), key)}");
            }
        }

        foreach (var run in grid.Executions.Where(e => shown.Contains($":t:{e.Id}")))
        {
            text.AppendLine(run.ToString());
        }

        foreach (var silo in grid.Silos.ToList())
        {
            text.AppendLine($"--- silo {silo.Pid}{(silo.HasExited ? ", which has ended" : "")}").AppendJoin('\n', silo.Output.Split('\n').TakeLast(MostLines)).AppendLine();
        }

        return text.ToString();
    }

    private static async Task<string> ValueOfAsync(IDatabase database, string key) => await database.KeyTypeAsync(key) switch
    {
        RedisType.String => (string?)await database.StringGetAsync(key) ?? "",
        RedisType.Hash => string.Join("; ", (await database.HashGetAllAsync(key)).Take(MostLines).Select(e => $"{e.Name}={Short(e.Value)}")),
        RedisType.SortedSet => string.Join("; ", (await database.SortedSetRangeByRankWithScoresAsync(key, 0, MostLines)).Select(e => $"{e.Element}@{e.Score}")),
        RedisType.Set => string.Join("; ", (await database.SetMembersAsync(key)).Take(MostLines)),
        var other => other.ToString(),
    };

    private static string Short(RedisValue value) => value.ToString() is { Length: > 300 } text ? text[..300] : value.ToString();
}
