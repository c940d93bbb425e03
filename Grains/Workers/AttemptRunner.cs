using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TaskGrid.Handlers;
using TaskGrid.Hooks;
using TaskGrid.Storage;
using TaskGrid.Tasks;

namespace TaskGrid.Workers;

/// <summary>
/// Runs the user's code for one attempt, outside of every grain turn, and turns whatever happens into an
/// <see cref="AttemptOutcome"/>. This is the one place where exceptions become values.
/// </summary>
internal sealed class AttemptRunner(
    IServiceScopeFactory scopes, TaskStore store, SynchronousThreads threads, ExecutionPipeline pipeline, IOptions<TaskGridOptions> options,
    ILoggerFactory loggers, TimeProvider time)
{
    private static readonly Func<ILogger, string, string, int, IDisposable?> s_scope =
        LoggerMessage.DefineScope<string, string, int>("task {TaskId} queue {Queue} attempt {Attempt}");

    private const int MaxMessage = 4096;
    private const int MaxStack = 16384;

    /// <summary>Runs the handler to its end.</summary>
    public async Task<AttemptOutcome> RunAsync(Attempt attempt, TaskRegistration registration, TaskDefinition definition)
    {
        var logger = loggers.CreateLogger($"TaskGrid.Task.{definition.Header.Task}");
        var progress = new ProgressWriter(store, attempt.Id, attempt.Lease.Token, time);
        try
        {
            using var scope = s_scope(logger, attempt.Id, attempt.Queue, attempt.Number);
            await using var services = scopes.CreateAsyncScope();
            var context = new AttemptContext(attempt, definition, progress, logger);
            var execution = new TaskExecution(context, definition.Args, services.ServiceProvider, attempt.Stopping);
            var result = await pipeline.RunAsync(execution, definition.Meta, run => CallAsync(registration, run)).ConfigureAwait(false);
            return result.Length > options.Value.MaxResultBytes ? TooLarge(result.Length) : new AttemptOutcome.Succeeded(result);
        }
        catch (OperationCanceledException) when (attempt.Reason == StopReason.CancelRequested)
        {
            return new AttemptOutcome.Cancelled();
        }
        catch (Exception) when (attempt.Reason == StopReason.Interrupted)
        {
            // Not only cancellation: clients of databases and services have exceptions of their own for a token that fired.
            return new AttemptOutcome.Interrupted();
        }
        catch (Exception e)
        {
            return Failure(e);
        }
        finally
        {
            await progress.FlushAsync().ConfigureAwait(false);
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

    private AttemptOutcome.Failed TooLarge(int bytes) => new(
        new(ErrorCodes.ResultTooLarge, $"The result has {bytes} bytes; {options.Value.MaxResultBytes} are stored at most (TaskGrid:MaxResultBytes)."), Permanent: true);

    private static AttemptOutcome.Failed Failure(Exception e) => e switch
    {
        ResultNotSerializableException => new(new(ErrorCodes.ResultNotSerializable, Cut(e.Message, MaxMessage)), Permanent: true),
        PermanentFailureException { InnerException: TaskRefusedException refused } => new(new(refused.Code, Cut(refused.Message, MaxMessage)), Permanent: true),
        PermanentFailureException { InnerException: { } cause } => new(Error(cause.GetType(), e), Permanent: true),
        PermanentFailureException => new(Error(e.GetType(), e), Permanent: true),
        _ => new(Error(e.GetType(), e), Permanent: false),
    };

    private static TaskError Error(Type type, Exception e) =>
        new(type.FullName ?? type.Name, Cut(SafeText(() => e.Message), MaxMessage), Cut(SafeText(e.ToString), MaxStack));

    // An exception's own Message and ToString are user code, too.
    private static string SafeText(Func<string> text)
    {
        try
        {
            return text();
        }
        catch (Exception)
        {
            return "(the exception's own text could not be read)";
        }
    }

    private static string Cut(string text, int max)
    {
        if (text.Length <= max)
        {
            return text;
        }

        var end = char.IsHighSurrogate(text[max - 1]) ? max - 1 : max;
        return text[..end];
    }
}
