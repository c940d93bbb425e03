using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TaskGrid.Handlers;
using TaskGrid.Tasks;

namespace TaskGrid.Workers;

/// <summary>
/// Runs the user's code for one attempt, outside of every grain turn, and turns whatever happens into an
/// <see cref="AttemptOutcome"/>. This is the one place where exceptions become values.
/// </summary>
internal sealed class AttemptRunner(
    IServiceScopeFactory scopes, SynchronousThreads threads, IOptions<TaskGridOptions> options, ILoggerFactory loggers)
{
    private static readonly Func<ILogger, string, string, int, IDisposable?> s_scope =
        LoggerMessage.DefineScope<string, string, int>("task {TaskId} queue {Queue} attempt {Attempt}");

    /// <summary>Runs the handler to its end.</summary>
    public async Task<AttemptOutcome> RunAsync(BegunAttempt begun, TaskRegistration registration)
    {
        var logger = loggers.CreateLogger($"TaskGrid.Task.{begun.Task}");
        var (stopping, args) = (begun.Attempt.Stopping, begun.Definition.Args);
        try
        {
            using var scope = s_scope(logger, begun.Id, begun.Queue, begun.Number);
            await using var services = scopes.CreateAsyncScope();
            var context = new AttemptContext(begun, logger);
            var call = registration.IsSynchronous
                ? threads.RunAsync(registration.Name, () => Synchronously(registration, services.ServiceProvider, context, args, stopping))
                : registration.InvokeAsync(services.ServiceProvider, context, args, stopping).AsTask();
            return Returned(await call.ConfigureAwait(false), begun.Settings);
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

    private static JsonText Synchronously(TaskRegistration registration, IServiceProvider services, TaskContext context, JsonText args, CancellationToken stopping)
    {
        var running = registration.InvokeAsync(services, context, args, stopping);
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
