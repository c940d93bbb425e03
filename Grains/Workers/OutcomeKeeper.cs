using Microsoft.Extensions.Logging;
using TaskGrid.Hooks;
using TaskGrid.Storage;
using TaskGrid.Tasks;
using TaskGrid.Telemetry;

namespace TaskGrid.Workers;

/// <summary>Keeps an attempt's outcome until the store has answered, however long that takes.</summary>
internal sealed partial class OutcomeKeeper(TaskStore tasks, WaitingOutcomes waiting, AttemptObservers observers, TimeProvider time, ILogger<OutcomeKeeper> logger)
{
    private const int MaxAttemptsKept = 20;

    private readonly CancellationTokenSource _abandoned = new();
    private readonly Random _random = new();

    /// <summary>The silo goes: what the store has not answered by now is left, and its lease lapses.</summary>
    public Task AbandonAsync() => _abandoned.CancelAsync();

    /// <summary>Says what follows from an outcome.</summary>
    public Verdict Decide(Attempt attempt, TaskDefinition definition, AttemptOutcome outcome) =>
        TaskLifecycle.After(outcome, definition.Header.Resolve(), attempt.Number - attempt.Line.Forgiven, Jitter());

    /// <summary>Nothing is stored of an attempt that is given back; observers hear of it all the same.</summary>
    public void GivenBack(Attempt attempt, TaskDefinition definition, Verdict verdict) => observers.Tell(attempt, definition, verdict, null);

    /// <summary>Writes it: applied once, whatever the number of tries.</summary>
    /// <returns>When the task is due again, if it is.</returns>
    public async Task<TimeSpan?> StoreAsync(Attempt attempt, TaskDefinition definition, Verdict verdict, string silo)
    {
        waiting.Add();
        try
        {
            var code = await TryUntilAnsweredAsync(attempt, verdict, silo).ConfigureAwait(false);
            Report(attempt, definition, verdict, code);
            return OutcomeTries.DueIn(verdict);
        }
        finally
        {
            waiting.Remove();
        }
    }

    private async Task<char?> TryUntilAnsweredAsync(Attempt attempt, Verdict verdict, string silo)
    {
        IReadOnlyList<TaskAttempt>? history = null;
        for (var pause = OutcomeTries.FirstPause; ; pause = OutcomeTries.After(pause))
        {
            try
            {
                history ??= await HistoryAsync(attempt, verdict, silo).ConfigureAwait(false);
                return await tasks.FinishAsync(attempt.Id, attempt.Lease.Token, verdict, history).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                // Whatever it was: an outcome that nobody tries to store any more keeps its task running for as long as this silo lives.
                LogKept(attempt.Id, e.Message);
                await Task.Delay(pause, time, _abandoned.Token).ConfigureAwait(false);
            }
        }
    }

    private async Task<IReadOnlyList<TaskAttempt>> HistoryAsync(Attempt attempt, Verdict verdict, string silo)
    {
        var error = verdict switch
        {
            Verdict.Fail fail => fail.Error,
            Verdict.Retry retry => retry.Error,
            _ => null,
        };
        if (error is null)
        {
            return [];
        }

        var leased = DateTimeOffset.FromUnixTimeMilliseconds(attempt.Lease.LeasedAt);
        var stored = attempt.Lease.Attempts is null && attempt.Line.Attempt > 0
            ? (await tasks.ReadAsync(attempt.Id).ConfigureAwait(false))?.Attempts
            : attempt.Lease.Attempts;
        var earlier = new TaskRecord { Attempts = stored }.FailedAttempts;
        var entry = new TaskAttempt(
            attempt.Number, DateTimeOffset.FromUnixTimeMilliseconds(attempt.Lease.StartedAt), leased + time.GetElapsedTime(attempt.ArrivedAt), silo, error);
        return [.. earlier.Append(entry).TakeLast(MaxAttemptsKept)];
    }

    private void Report(Attempt attempt, TaskDefinition definition, Verdict verdict, char? code)
    {
        observers.Tell(attempt, definition, verdict, code);
        var task = definition.Header.Task;
        AttemptMeasures.Ended(attempt.Queue, task, WordOf(verdict, code));
        switch (code, verdict)
        {
            case (null, _):
                LogStale(attempt.Id, task, attempt.Queue, attempt.Number, attempt.Lease.Token);
                break;
            case (_, Verdict.Succeed):
                LogSucceeded(attempt.Id, task, attempt.Queue, attempt.Number);
                break;
            case ('R', Verdict.Retry retry):
                LogRetry(attempt.Id, task, attempt.Queue, attempt.Number, retry.Error.Type, retry.Delay);
                break;
            case ('W' or 'R', Verdict.Snooze snooze):
                LogSnoozed(attempt.Id, task, attempt.Queue, attempt.Number, snooze.Delay);
                break;
            case ('F', Verdict.Retry retry):
                LogFailed(attempt.Id, task, attempt.Queue, attempt.Number, retry.Error.Type, retry.Error.Message);
                break;
            case ('F', Verdict.Snooze):
                LogFailed(attempt.Id, task, attempt.Queue, attempt.Number, ErrorCodes.DeadlineExceeded, "It would have been snoozed past its deadline.");
                break;
            case ('F', Verdict.Fail fail):
                LogFailed(attempt.Id, task, attempt.Queue, attempt.Number, fail.Error.Type, fail.Error.Message);
                break;
            default:
                LogCancelled(attempt.Id, task, attempt.Queue, attempt.Number);
                break;
        }
    }

    private static string WordOf(Verdict verdict, char? code) => (code, verdict) switch
    {
        (null, _) => "stale",
        (_, Verdict.Succeed) => "succeeded",
        ('R', Verdict.Retry) => "retried",
        ('W' or 'R', Verdict.Snooze) => "snoozed",
        ('F', _) => "failed",
        _ => "cancelled",
    };

    private double Jitter()
    {
        lock (_random)
        {
            return _random.NextDouble();
        }
    }

    [LoggerMessage(LogLevel.Debug, "Task {TaskId} ({Task}) of queue {Queue} succeeded in attempt {Attempt}")]
    private partial void LogSucceeded(string taskId, string task, string queue, int attempt);

    [LoggerMessage(LogLevel.Information, "Task {TaskId} ({Task}) of queue {Queue}: attempt {Attempt} failed with {Error}, retried in {Delay}")]
    private partial void LogRetry(string taskId, string task, string queue, int attempt, string error, TimeSpan delay);

    [LoggerMessage(LogLevel.Debug, "Task {TaskId} ({Task}) of queue {Queue} snoozed in attempt {Attempt}, for {Delay}")]
    private partial void LogSnoozed(string taskId, string task, string queue, int attempt, TimeSpan delay);

    [LoggerMessage(LogLevel.Warning, "Task {TaskId} ({Task}) of queue {Queue} failed in attempt {Attempt}: {Error}: {Message}")]
    private partial void LogFailed(string taskId, string task, string queue, int attempt, string error, string message);

    [LoggerMessage(LogLevel.Information, "Task {TaskId} ({Task}) of queue {Queue} was cancelled in attempt {Attempt}")]
    private partial void LogCancelled(string taskId, string task, string queue, int attempt);

    [LoggerMessage(LogLevel.Warning, "Task {TaskId} ({Task}) of queue {Queue}: the outcome of attempt {Attempt} came too late and was refused, its token {Token} is stale")]
    private partial void LogStale(string taskId, string task, string queue, int attempt, long token);

    [LoggerMessage(LogLevel.Warning, "The outcome of task {TaskId} is kept until the store answers: {Reason}")]
    private partial void LogKept(string taskId, string reason);
}
