using System.Text.Json;
using Hangfire;
using Hangfire.Redis.StackExchange;
using TaskGrid.Bench;

// Hangfire as it comes: worker | client, and the address of Redis. But for one: its workers can miss that there is a job, and then look again after three
// minutes, in which a run of the bench would stand still.
var (role, redis) = (args[0], args[1]);
var storage = new RedisStorage(redis, new() { FetchTimeout = TimeSpan.FromSeconds(1) });
if (role == "client")
{
    await CommandLoop.RunAsync(new HangfireClient(storage).Commands);
    return;
}

var server = new BackgroundJobServer(storage);
await CommandLoop.RunAsync(new Dictionary<string, Func<JsonElement, Task<object>>>
{
    // It can't be paused: it stops, and another one starts in the same warm process.
    ["hold"] = _ =>
    {
        server.Dispose();
        return Task.FromResult<object>(new { });
    },
    ["release"] = _ =>
    {
        server = new(storage);
        return Task.FromResult<object>(new { });
    },
});
server.Dispose();
