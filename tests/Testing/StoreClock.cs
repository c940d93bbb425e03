using System.Globalization;
using StackExchange.Redis;

namespace TaskGrid.Testing;

/// <summary>Puts the store's clock forward: all of the grid's scripts see a <c>TIME</c> that is ahead by what lies in a key.</summary>
internal sealed class StoreClock(IDatabase database, string grid)
{
    private const string Prelude =
        """
        local real = redis
        local ahead = tonumber(real.call('GET', string.sub(KEYS[1], 1, -6) .. 'ahead') or '0')
        local redis = {
          pcall = real.pcall,
          call = function(command, ...)
            if command ~= 'TIME' or ahead == 0 then
              return real.call(command, ...)
            end
            local time = real.call('TIME')
            local now = tonumber(time[1]) * 1000000 + tonumber(time[2]) + ahead
            return { string.format('%d', math.floor(now / 1000000)), string.format('%d', now % 1000000) }
          end,
        }

        """;

    public static string Before(string script) => Prelude + script;

    public Task SetAheadAsync(TimeSpan ahead) =>
        database.StringSetAsync($"{{{grid}}}:ahead", ((long)ahead.TotalMicroseconds).ToString(CultureInfo.InvariantCulture));
}
