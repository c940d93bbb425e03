using TaskGrid;
using TaskGrid.Kit;

// A silo as a user would host it, with handlers that write down their own runs. Started, frozen and killed by the tests.
var builder = Host.CreateApplicationBuilder(args);
var log = builder.Configuration["Faults:Log"] is { } folder ? new ExecutionLog(folder) : null;
builder.AddTaskGrid()
    .AddTask("add", (int x, int y) => x + y)
    .AddTask("work", async (int milliseconds, TaskContext context, CancellationToken stop) =>
    {
        log?.Start(context);
        await Task.Delay(TimeSpan.FromMilliseconds(milliseconds), TimeProvider.System, stop);
        log?.End(context);
    })
    .AddTask("crash", (TaskContext context) =>
    {
        log?.Start(context);
        Environment.FailFast("Asked to by a task.");
    });
var host = builder.Build();
host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStarted.Register(() => Console.WriteLine("READY"));
await host.RunAsync();
