using Microsoft.Extensions.Logging.Abstractions;

namespace TaskGrid.Testing;

/// <summary>A <see cref="TaskContext"/> in the hands of a test: says what the test wants, and keeps what the handler tells.</summary>
public sealed class TestTaskContext : RecordedContext
{
    private readonly CancellationTokenSource _stop = new();
    private string? _queue;
    private int? _maxAttempts;
    private int _reason;

    /// <inheritdoc cref="TaskContext.TaskId"/>
    public new string TaskId { get; set; } = "task-1";

    /// <summary>The task name; a <see cref="TaskRun"/> sets its own.</summary>
    public new string TaskName { get; set; } = "task";

    /// <summary>The queue it came from; a <see cref="TaskRun"/> sets that of the task's options, unless it was set.</summary>
    public new string Queue { get => _queue ?? "default"; set => _queue = value; }

    /// <inheritdoc cref="TaskContext.Attempt"/>
    public new int Attempt { get; set; } = 1;

    /// <summary>How many attempts may fail; a <see cref="TaskRun"/> sets that of the task's options, unless it was set.</summary>
    public new int MaxAttempts { get => _maxAttempts ?? 3; set => _maxAttempts = value; }

    /// <inheritdoc cref="TaskContext.Tags"/>
    public new IReadOnlyList<string> Tags { get; set; } = [];

    /// <inheritdoc cref="TaskContext.Headers"/>
    public new IReadOnlyDictionary<string, string> Headers { get; set; } = new Dictionary<string, string>();

    /// <inheritdoc cref="TaskContext.ParentId"/>
    public new string? ParentId { get; set; }

    /// <inheritdoc cref="TaskContext.RootId"/>
    public new string RootId { get => field ?? TaskId; set; }

    /// <inheritdoc cref="TaskContext.DeadlineAt"/>
    public new DateTimeOffset? DeadlineAt { get; set; }

    /// <inheritdoc cref="TaskContext.Token"/>
    public new long Token { get; set; } = 1;

    /// <summary>Where the handler's log goes; default: nowhere.</summary>
    public new ILogger Logger { get; set; } = NullLogger.Instance;

    /// <inheritdoc/>
    public override StopReason StopReason => (StopReason)Volatile.Read(ref _reason);

    /// <summary>The token that a handler gets; see <see cref="Stop"/>.</summary>
    public CancellationToken Stopping => _stop.Token;

    private protected override TestTaskContext Values => this;

    /// <summary>Fires the handler's token, as a cancel or a limit would; the first reason counts.</summary>
    public void Stop(StopReason reason)
    {
        if (Interlocked.CompareExchange(ref _reason, (int)reason, (int)StopReason.None) == (int)StopReason.None)
        {
            _stop.Cancel();
        }
    }

    /// <summary>Takes over what a task's registration says, where the test says nothing.</summary>
    internal void Fill(string task, string queue, int maxAttempts)
    {
        TaskName = task;
        _queue ??= queue;
        _maxAttempts ??= maxAttempts;
    }
}
