using TaskGrid;
using TaskGrid.Kit;

// The program of Silo, with handlers that write down their own runs. Started, frozen and killed by the tests.
var builder = Host.CreateApplicationBuilder(args);
var log = builder.Configuration["Faults:Log"] is { } folder ? new ExecutionLog(folder) : null;
builder.AddSilo()
    .AddQueue("declared", new() { Limits = new(Concurrency: 100) })
    .AddTask("add", (int x, int y) => x + y)
    .AddTask("work", WorkAsync)
    .AddTask("narrow", WorkAsync, o => o.GridConcurrency = 5)
    .AddTask("chatty", async (int milliseconds, TaskContext context, CancellationToken stop) =>
    {
        context.ReportProgress(new { done = 0.5 });
        context.Log("It goes on.");
        return await WorkAsync(milliseconds, context, stop);
    })
    .AddTask("unlucky", async (int milliseconds, TaskContext context, CancellationToken stop) =>
    {
        var isFirst = log?.IsFirst(context.TaskId) == true;
        var token = await WorkAsync(milliseconds, context, stop);
        return isFirst ? throw new InvalidOperationException("The first time it fails.") : token;
    })
    .AddTask("reluctant", async (int milliseconds, TaskContext context, CancellationToken stop) =>
    {
        var isFirst = log?.IsFirst(context.TaskId) == true;
        var token = await WorkAsync(milliseconds, context, stop);
        return isFirst ? throw new RejectTaskException() : token;
    })
    .AddTask("crash", (TaskContext context) =>
    {
        log?.Start(context);
        Environment.FailFast("Asked to by a task.");
    });
var host = builder.Build();
host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStarted.Register(() => Console.WriteLine("READY"));
host.RunUntilStopped();

// What holds in its first run only ends with its process, or when its token fires: a kill meets it in the middle however slow the machine is.
async Task<long> WorkAsync(int milliseconds, TaskContext context, CancellationToken stop, bool hold = false)
{
    var isFirst = hold && log?.IsFirst(context.TaskId) == true;
    log?.Start(context);
    try
    {
        await Task.Delay(isFirst ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(milliseconds), TimeProvider.System, stop);
    }
    catch (OperationCanceledException)
    {
        log?.Stop(context);
        throw;
    }

    log?.End(context);
    // The result says which run it is of, so a test sees whose the grid has taken.
    return context.Token;
}
