using Microsoft.Extensions.DependencyInjection;
using TaskGrid.Hooks;
using TaskGrid.Tasks;
using TaskGrid.Unit.Handlers;

namespace TaskGrid.Unit.Hooks;

/// <summary>Runs a handler inside of the hooks that a host would register.</summary>
internal static class PipelineRun
{
    public static async Task<string> RunAsync(
        Action<TaskGridBuilder> define, Func<TaskExecution, Task<string>> handler, Action<IServiceCollection>? services = null, TaskMeta? origin = null, CancellationToken stop = default)
    {
        await using var provider = Grid.With(grid =>
        {
            grid.Services.AddLogging().AddSingleton<ExecutionPipeline>();
            services?.Invoke(grid.Services);
            define(grid);
        });
        await using var scope = provider.CreateAsyncScope();
        var execution = new TaskExecution(new AttemptContext(), Grid.Json("""{"x":1}"""), scope.ServiceProvider, stop);
        var result = await provider.GetRequiredService<ExecutionPipeline>()
            .RunAsync(execution, origin ?? TaskMeta.None, async run => run.Result = JsonText.From(await handler(run)));
        return result.ToString();
    }
}
