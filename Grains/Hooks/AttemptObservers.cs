using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TaskGrid.Storage;
using TaskGrid.Tasks;
using TaskGrid.Workers;

namespace TaskGrid.Hooks;

/// <summary>One registered observer.</summary>
internal sealed record ObserverStep(Func<IServiceProvider, AttemptEnd, CancellationToken, Task> Tell);

/// <summary>Tells observers of ended attempts, and of tasks that ended without one, apart from the worker: what they do, or fail to, holds nothing up.</summary>
internal sealed partial class AttemptObservers(
    IEnumerable<ObserverStep> observers, StoreConnection store, TaskStore tasks, IServiceScopeFactory scopes, ILogger<AttemptObservers> logger)
    : ILifecycleParticipant<ISiloLifecycle>
{
    /// <summary>How many ends wait for the observers at most.</summary>
    public const int MaxWaiting = 1000;

    private const int MaxAtOnce = 16;

    private readonly ObserverStep[] _observers = [.. observers];
    private readonly CancellationTokenSource _abandoned = new();
    private readonly Channel<Untold> _ends = Channel.CreateBounded<Untold>(MaxWaiting);
    private Task _telling = Task.CompletedTask;
    private int _dropping;

    /// <summary>The verdict on an attempt is in the store. Never blocks, never throws.</summary>
    /// <param name="attempt">The attempt.</param>
    /// <param name="definition">Its task.</param>
    /// <param name="verdict">What was decided.</param>
    /// <param name="code">What the store has made of it: the answer of <see cref="Storage.TaskStore.FinishAsync"/>.</param>
    public void Tell(Attempt attempt, TaskDefinition definition, Verdict verdict, char? code)
    {
        if (_observers.Length == 0 || AttemptReport.Of(AttemptReport.Describe(attempt.Id, attempt.Queue, attempt.Number, definition), verdict, code) is not { } end)
        {
            return;
        }

        Add(new(end.TaskId, end));
    }

    public void Participate(ISiloLifecycle lifecycle)
    {
        if (_observers.Length > 0)
        {
            store.Ended += AddOutsideAttempt;
            // Begins before the worker does, and ends after it.
            lifecycle.Subscribe(nameof(AttemptObservers), ServiceLifecycleStage.ApplicationServices, Start, StopAsync);
        }
    }

    public Task Start(CancellationToken cancellationToken)
    {
        _telling = Parallel.ForEachAsync(
            _ends.Reader.ReadAllAsync(CancellationToken.None),
            new ParallelOptions { MaxDegreeOfParallelism = MaxAtOnce, CancellationToken = CancellationToken.None },
            (untold, _) => TellAllAsync(untold));
        return Task.CompletedTask;
    }

    /// <summary>Tells what waits, until the token fires.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        store.Ended -= AddOutsideAttempt;
        _ends.Writer.TryComplete();
        await using var abandon = cancellationToken.Register(() => _abandoned.CancelAsync().Ignore());
        await _telling.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void AddOutsideAttempt(string id) => Add(new(id, null));

    private void Add(Untold untold)
    {
        if (_ends.Writer.TryWrite(untold))
        {
            Volatile.Write(ref _dropping, 0);
        }
        else if (Interlocked.Exchange(ref _dropping, 1) == 0)
        {
            LogDropping(untold.TaskId);
        }
    }

    private async ValueTask TellAllAsync(Untold untold)
    {
        if ((untold.End ?? await ReadAsync(untold.TaskId).ConfigureAwait(false)) is not { } end)
        {
            return;
        }

        foreach (var observer in _observers)
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                await observer.Tell(scope.ServiceProvider, end, _abandoned.Token).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                LogFailed(end.TaskId, end.Task, end.Queue, end.Attempt, e);
            }
        }
    }

    /// <summary>The end of a task that had none in an attempt, unless it is forgotten or runs again by now.</summary>
    private async Task<AttemptEnd?> ReadAsync(string id)
    {
        try
        {
            return await tasks.ReadAsync(id).ConfigureAwait(false) is { } record ? AttemptReport.Of(record) : null;
        }
        catch (Exception e)
        {
            LogNotRead(id, e.Message);
            return null;
        }
    }

    [LoggerMessage(LogLevel.Warning, "Observers can't keep up: the end of task {TaskId} is not told, nor are those that follow until there is room")]
    private partial void LogDropping(string taskId);

    [LoggerMessage(LogLevel.Warning, "The end of task {TaskId} is not told, since it could not be read: {Reason}")]
    private partial void LogNotRead(string taskId, string reason);

    [LoggerMessage(LogLevel.Error, "An observer failed at the end of task {TaskId} ({Task}) of queue {Queue} in attempt {Attempt}")]
    private partial void LogFailed(string taskId, string task, string queue, int attempt, Exception exception);

    /// <summary>An end that waits for the observers; one outside of an attempt is read from the store when it is its turn.</summary>
    private sealed record Untold(string TaskId, AttemptEnd? End);
}
