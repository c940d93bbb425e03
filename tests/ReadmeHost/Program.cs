using Microsoft.Extensions.Hosting;
using TaskGrid;

var builder = Host.CreateApplicationBuilder(args);
builder.AddTaskGrid()                                             // a silo that runs tasks
    .AddTask("add", (int x, int y) => x + y)                      // a delegate, like @app.task
    .AddTask<Greet, GreetHandler>();                              // a record and a handler with DI
builder.Build().Run();

[GridTask("greet", Queue = "mail", MaxAttempts = 5)]
public sealed record Greet(string Name) : IGridTask<string>;

public sealed class GreetHandler(TimeProvider time) : ITaskHandler<Greet, string>
{
    public async Task<string> RunAsync(Greet args, TaskContext context, CancellationToken cancellationToken)
    {
        context.ReportProgress(new { done = 0.5 });
        await Task.Delay(TimeSpan.FromSeconds(1), time, cancellationToken);
        return $"Hello {args.Name}, attempt {context.Attempt}";
    }
}
