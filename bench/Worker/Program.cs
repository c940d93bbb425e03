using System.Text.Json;
using TaskGrid;
using TaskGrid.Bench;

// The program of Silo with the tasks of the bench, which tells what it uses. Everything else is as it comes.
var builder = Host.CreateApplicationBuilder(args);
builder.AddSilo()
    .AddTask("add", (int x, int y) => x + y)
    .AddTask("instant", () => (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalMilliseconds)
    .AddTask("rest", (int milliseconds, CancellationToken stop) => Task.Delay(TimeSpan.FromMilliseconds(milliseconds), TimeProvider.System, stop))
    .AddTask("limited", (int x, int y) => x + y, o => o.GridConcurrency = 1000)
    .AddTask("echo", (string text) => text);
var host = builder.Build();
await host.StartAsync();
await CommandLoop.RunAsync(new Dictionary<string, Func<JsonElement, Task<object>>>
{
    ["collect"] = _ =>
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return Task.FromResult<object>(new { });
    },
});
await host.StopAsync();
