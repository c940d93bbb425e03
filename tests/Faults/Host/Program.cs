using Orleans.Configuration;
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
    .AddTask("bulky", async (int milliseconds, int bytes, TaskContext context, CancellationToken stop) => $"{await WorkAsync(milliseconds, context, stop)} {new string('x', bytes)}")
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
    })
    .AddTask("overflow", (TaskContext context) =>
    {
        log?.Start(context);
        return Deeper(0);
    })
    .AddTask("block", async (int milliseconds, TaskContext context) =>
    {
        // As code does that waits for something in a thread that is everybody's.
        await Task.Yield();
        return Block(milliseconds, context);
    })
    .AddTask("block_apart", (int milliseconds, TaskContext context) => Block(milliseconds, context))
    .AddTask("spin", (TaskContext context) =>
    {
        log?.Start(context);
        while (true)
        {
            Thread.SpinWait(1000);
        }
    })
    .AddTask("devour", (TaskContext context) =>
    {
        log?.Start(context);
        // Touched, or the kernel would only have promised it. It ends far beyond the limit that it is run under.
        var eaten = new List<byte[]>();
        for (var chunks = 0; chunks < 200; chunks++)
        {
            eaten.Add(GC.AllocateUninitializedArray<byte>(10_000_000, pinned: true));
            Array.Fill(eaten[^1], (byte)1);
        }

        return eaten.Count;
    });

// What others are told is the way that a test has put before it, which it can cut.
builder.Services.PostConfigure<EndpointOptions>(endpoints =>
{
    if (builder.Configuration.GetValue<int?>("Faults:ListensAtSiloPort") is { } silo)
    {
        endpoints.SiloListeningEndpoint = new(endpoints.AdvertisedIPAddress, silo);
    }

    if (builder.Configuration.GetValue<int?>("Faults:ListensAtGatewayPort") is { } gateway)
    {
        endpoints.GatewayListeningEndpoint = new(endpoints.AdvertisedIPAddress, gateway);
    }
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

// Until there is no stack left, which no code can catch. What is done with the answer keeps it from being a loop.
static int Deeper(int depth) => depth == int.MaxValue ? 0 : Deeper(depth + 1) + 1;

long Block(int milliseconds, TaskContext context)
{
    log?.Start(context);
    using var never = new ManualResetEventSlim();
    never.Wait(milliseconds);
    log?.End(context);
    return context.Token;
}
