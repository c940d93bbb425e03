using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TaskGrid.Tasks;
using TaskGrid.Workers;

namespace TaskGrid.Hooks;

/// <summary>One registered observer.</summary>
internal sealed record ObserverStep(Func<IServiceProvider, AttemptEnd, CancellationToken, Task> Tell);

/// <summary>Tells observers of ended attempts, apart from the worker: what they do, or fail to, holds nothing up.</summary>
internal sealed partial class AttemptObservers(IEnumerable<ObserverStep> observers, IServiceScopeFactory scopes, ILogger<AttemptObservers> logger)
    : ILifecycleParticipant<ISiloLifecycle>
{
    /// <summary>How many ends wait for the observers at most.</summary>
    public const int MaxWaiting = 1000;

    private const int MaxAtOnce = 16;

    private readonly ObserverStep[] _observers = [.. observers];
    private readonly CancellationTokenSource _abandoned = new();
    private readonly Channel<AttemptEnd> _ends = Channel.CreateBounded<AttemptEnd>(MaxWaiting);
    private Task _telling = Task.CompletedTask;
    private int _dropping;

    /// <summary>The verdict on an attempt is in the store. Never blocks, never throws.</summary>
    /// <param name="attempt">The attempt.</param>
    /// <param name="definition">Its task.</param>
    /// <param name="verdict">What was decided.</param>
    /// <param name="code">What the store has made of it: the answer of <see cref="Storage.TaskStore.FinishAsync"/>.</param>
    public void Tell(Attempt attempt, TaskDefinition definition, Verdict verdict, char? code)
    {
        if (_observers.Length == 0 || AttemptReport.Of(Describe(attempt, definition), verdict, code) is not { } end)
        {
            return;
        }

        if (_ends.Writer.TryWrite(end))
        {
            Volatile.Write(ref _dropping, 0);
        }
        else if (Interlocked.Exchange(ref _dropping, 1) == 0)
        {
            LogDropping(end.TaskId, end.Task, end.Queue, end.Attempt);
        }
    }

    public void Participate(ISiloLifecycle lifecycle)
    {
        if (_observers.Length > 0)
        {
            // Begins before the worker does, and ends after it.
            lifecycle.Subscribe(nameof(AttemptObservers), ServiceLifecycleStage.ApplicationServices, Start, StopAsync);
        }
    }

    public Task Start(CancellationToken cancellationToken)
    {
        _telling = Parallel.ForEachAsync(
            _ends.Reader.ReadAllAsync(CancellationToken.None),
            new ParallelOptions { MaxDegreeOfParallelism = MaxAtOnce, CancellationToken = CancellationToken.None },
            (end, _) => TellAllAsync(end));
        return Task.CompletedTask;
    }

    /// <summary>Tells what waits, until the token fires.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _ends.Writer.TryComplete();
        await using var abandon = cancellationToken.Register(() => _abandoned.CancelAsync().Ignore());
        await _telling.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async ValueTask TellAllAsync(AttemptEnd end)
    {
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

    private static AttemptEnd Describe(Attempt attempt, TaskDefinition definition) => new()
    {
        TaskId = attempt.Id,
        Task = definition.Header.Task,
        Queue = attempt.Queue,
        Attempt = attempt.Number,
        MaxAttempts = definition.Header.Resolve().MaxAttempts,
        Verdict = AttemptVerdict.Interrupted,
        Tags = definition.Meta.Tags ?? [],
        Headers = definition.Meta.Headers,
        ParentId = definition.Meta.ParentId,
        RootId = definition.Meta.RootId ?? attempt.Id,
    };

    [LoggerMessage(LogLevel.Warning, "Observers can't keep up: the end of task {TaskId} ({Task}) of queue {Queue} in attempt {Attempt} is not told, nor are those that follow until there is room")]
    private partial void LogDropping(string taskId, string task, string queue, int attempt);

    [LoggerMessage(LogLevel.Error, "An observer failed at the end of task {TaskId} ({Task}) of queue {Queue} in attempt {Attempt}")]
    private partial void LogFailed(string taskId, string task, string queue, int attempt, Exception exception);
}
