using System.Globalization;
using StackExchange.Redis;

namespace TaskGrid.Testing;

/// <summary>Puts the store's clock forward: all of the grid's scripts see a <c>TIME</c> that is ahead by what lies in a key.</summary>
internal sealed class StoreClock(IDatabase database, string grid)
{
    private const string Prelude =
        """
        -- The global one is another one when a function is loaded than when it runs.
        local function real()
          return redis
        end
        local clock_ahead
        local redis = {
          pcall = function(...)
            return real().pcall(...)
          end,
          call = function(command, ...)
            if command ~= 'TIME' or clock_ahead == 0 then
              return real().call(command, ...)
            end
            local time = real().call('TIME')
            local now = tonumber(time[1]) * 1000000 + tonumber(time[2]) + clock_ahead
            return { string.format('%d', math.floor(now / 1000000)), string.format('%d', now % 1000000) }
          end,
        }

        """;

    private const string Postlude =
        """

        local run_plain = run
        run = function(keys, argv)
          clock_ahead = tonumber(real().call('GET', string.sub(keys[1], 1, -6) .. 'ahead') or '0')
          return run_plain(keys, argv)
        end

        """;

    public static string Around(string script) => Prelude + script + Postlude;

    public Task SetAheadAsync(TimeSpan ahead) =>
        database.StringSetAsync($"{{{grid}}}:ahead", ((long)ahead.TotalMicroseconds).ToString(CultureInfo.InvariantCulture));
}
