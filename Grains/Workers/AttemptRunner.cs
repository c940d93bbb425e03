using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TaskGrid.Handlers;
using TaskGrid.Hooks;
using TaskGrid.Tasks;

namespace TaskGrid.Workers;

/// <summary>
/// Runs the user's code for one attempt, outside of every grain turn, and turns whatever happens into an
/// <see cref="AttemptOutcome"/>. This is the one place where exceptions become values.
/// </summary>
internal sealed class AttemptRunner(
    IServiceScopeFactory scopes, SynchronousThreads threads, ExecutionPipeline pipeline, IOptions<TaskGridOptions> options, ILoggerFactory loggers)
{
    private static readonly Func<ILogger, string, string, int, IDisposable?> s_scope =
        LoggerMessage.DefineScope<string, string, int>("task {TaskId} queue {Queue} attempt {Attempt}");

    /// <summary>Runs the handler to its end.</summary>
    public async Task<AttemptOutcome> RunAsync(BegunAttempt begun, TaskRegistration registration)
    {
        try
        {
            var logger = loggers.CreateLogger($"TaskGrid.Task.{begun.Task}");
            using var scope = s_scope(logger, begun.Id, begun.Queue, begun.Number);
            await using var services = scopes.CreateAsyncScope();
            var context = new AttemptContext(begun, logger);
            var execution = new TaskExecution(context, begun.Definition.Args, services.ServiceProvider, begun.Attempt.Stopping);
            var result = await pipeline.RunAsync(execution, begun.Definition.Meta, run => CallAsync(registration, run)).ConfigureAwait(false);
            return Returned(result, begun.Settings);
        }
        catch (Exception e)
        {
            return ThrownOutcome.Of(e, begun.Attempt.Reason, begun.Settings);
        }
        finally
        {
            await begun.Progress.FlushAsync().ConfigureAwait(false);
        }
    }

    private async Task CallAsync(TaskRegistration registration, TaskExecution run) => run.Result = registration.IsSynchronous
        ? await threads.RunAsync(registration.Name, () => Synchronously(registration, run)).ConfigureAwait(false)
        : await registration.InvokeAsync(run.Services, run.Context, run.Args, run.CancellationToken).ConfigureAwait(false);

    private static JsonText Synchronously(TaskRegistration registration, TaskExecution run)
    {
        var running = registration.InvokeAsync(run.Services, run.Context, run.Args, run.CancellationToken);
        return running.IsCompleted ? running.GetAwaiter().GetResult() : running.AsTask().GetAwaiter().GetResult();
    }

    private AttemptOutcome Returned(JsonText result, ResolvedSettings settings)
    {
        var max = settings.MaxResultBytes ?? options.Value.MaxResultBytes;
        return settings.IgnoreResult || result.IsNull || result.Length <= max
            ? new AttemptOutcome.Succeeded(result)
            : new AttemptOutcome.Failed(
                new(ErrorCodes.ResultTooLarge, $"The result has {result.Length} bytes; {max} are stored at most ({(settings.MaxResultBytes is null ? "TaskGrid:MaxResultBytes" : "the task's own MaxResultBytes")})."),
                Permanent: true);
    }
}
