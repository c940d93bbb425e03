namespace TaskGrid.Store;

/// <summary>
/// Stands around the engine's script and shadows its <c>redis</c>, so that a test can set the store's clock, can say that its process is another one, and can cut a
/// script after any of its writes as a crash of an embedded store does: what was written stays, the rest never happens.
/// </summary>
internal static class TestLua
{
    private const string Prelude =
        """
        -- The global one is another one when a function is loaded than when it runs.
        local function real()
          return redis
        end
        local control, clock, left, process, is_cut
        local writes = {
          ZADD = true, ZREM = true, HSET = true, HDEL = true, HINCRBY = true, SADD = true, SET = true, INCRBY = true,
          RPUSH = true, DEL = true, PEXPIRE = true, SREM = true, LTRIM = true, LSET = true,
        }
        local reads = {
          GET = true, MGET = true, EXISTS = true, TIME = true, HGET = true, HMGET = true, HEXISTS = true, HGETALL = true, SISMEMBER = true,
          SMEMBERS = true, ZRANGE = true, ZRANGEBYSCORE = true, ZCARD = true, LRANGE = true, LINDEX = true, SCARD = true, ZSCORE = true, ZCOUNT = true,
          ZRANK = true, HLEN = true, HSCAN = true, LLEN = true, ZREVRANGEBYSCORE = true, HKEYS = true, PTTL = true, SRANDMEMBER = true,
        }
        local redis = {
          pcall = function(...)
            if process == '-' then
              return { err = 'NOPERM' }
            end
            return process and 'run_id:' .. process or real().pcall(...)
          end,
          call = function(command, ...)
            if is_cut or not (writes[command] or reads[command]) then
              error(is_cut and 'cut' or 'the tests do not know ' .. command)
            end
            if command == 'TIME' and clock then
              return { string.sub(clock, 1, -4), string.sub(clock, -3) .. '000' }
            end
            if writes[command] and left >= 0 then
              if left == 0 then
                is_cut = true
                real().call('HSET', control, 'happened', '1')
                error('cut')
              end
              left = left - 1
            end
            if command == 'SET' and clock and string.find(..., ':rate:', 1, true) then
              -- This clock stands still, and the key would expire by the other one.
              local key, value = ...
              return real().call(command, key, value)
            end
            return real().call(command, ...)
          end,
        }

        """;

    private const string Postlude =
        """

        local run_plain = run
        run = function(keys, argv)
          control, is_cut = string.sub(keys[1], 1, -6) .. 'control', false
          clock, left, process = unpack(real().call('HMGET', control, 'clock', 'cut', 'process'))
          left = tonumber(left or '-1')
          return run_plain(keys, argv)
        end

        """;

    public static string Around(string script) => Prelude + script + Postlude;
}
