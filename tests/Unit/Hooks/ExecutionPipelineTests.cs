using Microsoft.Extensions.DependencyInjection;
using TaskGrid.Unit.Handlers;

namespace TaskGrid.Unit.Hooks;

public sealed class ExecutionPipelineTests
{
    public sealed class Scoped;

    public sealed class Around(List<string> log, Scoped scoped) : ITaskMiddleware
    {
        public async Task InvokeAsync(TaskExecution execution, TaskExecutionDelegate next)
        {
            Assert.Same(scoped, execution.Services.GetRequiredService<Scoped>());
            log.Add($"before {execution.Context.TaskId} {execution.Args}");
            await next(execution);
            log.Add($"after {execution.Result}");
        }
    }

    private readonly List<string> _log = [];

    [Fact]
    public async Task Run_WithMiddleware_GoesThroughAllInTheOrderOfRegistration()
    {
        var result = await PipelineRun.RunAsync(
            grid => grid.Use<Around>().Use(async (execution, next) =>
            {
                execution.Args = Grid.Json("""{"x":2}""");
                await next(execution);
                execution.Result = Grid.Json("\"changed\"");
            }),
            execution =>
            {
                _log.Add($"handler {execution.Args}");
                return Task.FromResult("done");
            },
            services => services.AddSingleton(_log).AddScoped<Scoped>());

        Assert.Equal(["before id-1 {\"x\":1}", "handler {\"x\":2}", "after \"changed\""], _log);
        Assert.Equal("\"changed\"", result);
    }

    [Fact]
    public async Task Run_TheHandlerThrows_IsSeenAndCanBeReplaced()
    {
        var failure = await Assert.ThrowsAsync<RetryTaskException>(() => PipelineRun.RunAsync(
            grid => grid.Use(async (execution, next) =>
            {
                try
                {
                    await next(execution);
                }
                catch (TimeoutException e)
                {
                    throw new RetryTaskException(TimeSpan.FromHours(1), e);
                }
            }),
            _ => throw new TimeoutException("slow")));

        Assert.IsType<TimeoutException>(failure.InnerException);
    }

    [Fact]
    public async Task Run_AMiddlewareDoesNotGoOn_IsItsSuccess()
    {
        var ran = false;

        var result = await PipelineRun.RunAsync(
            grid => grid.Use((execution, _) =>
            {
                execution.Result = Grid.Json("7");
                return Task.CompletedTask;
            }),
            _ =>
            {
                ran = true;
                return Task.FromResult("done");
            });

        Assert.Equal(("7", false), (result, ran));
    }

    [Fact]
    public async Task Run_TheContext_IsCurrentInsideAndNotAfter()
    {
        TaskContext? inside = null;
        var accessor = new TaskContextAccessor();

        await PipelineRun.RunAsync(_ => { }, async execution =>
        {
            await Task.Yield();
            inside = accessor.TaskContext;
            return "done";
        });

        Assert.Equal("id-1", inside?.TaskId);
        Assert.Null(accessor.TaskContext);
    }
}
