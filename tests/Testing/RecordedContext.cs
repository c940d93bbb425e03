using System.Collections.Concurrent;

namespace TaskGrid.Testing;

/// <summary>The part of <see cref="TestTaskContext"/> that a handler sees as its <see cref="TaskContext"/>, and what it tells.</summary>
public abstract class RecordedContext : TaskContext
{
    private readonly ConcurrentQueue<JsonText> _progress = new();
    private readonly ConcurrentQueue<string> _lines = new();
    private int _heartbeats;

    private protected RecordedContext()
    {
    }

    /// <inheritdoc/>
    public override string TaskId => Values.TaskId;

    /// <inheritdoc/>
    public override string TaskName => Values.TaskName;

    /// <inheritdoc/>
    public override string Queue => Values.Queue;

    /// <inheritdoc/>
    public override int Attempt => Values.Attempt;

    /// <inheritdoc/>
    public override int MaxAttempts => Values.MaxAttempts;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Tags => Values.Tags;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> Headers => Values.Headers;

    /// <inheritdoc/>
    public override string? ParentId => Values.ParentId;

    /// <inheritdoc/>
    public override string RootId => Values.RootId;

    /// <inheritdoc/>
    public override DateTimeOffset? DeadlineAt => Values.DeadlineAt;

    /// <inheritdoc/>
    public override long Token => Values.Token;

    /// <inheritdoc/>
    public override ILogger Logger => Values.Logger;

    /// <summary>All progress that was reported, oldest first; the grid keeps the last only.</summary>
    public IReadOnlyList<JsonText> Progress => [.. _progress];

    /// <summary>The lines that were added to the task's own log.</summary>
    public IReadOnlyList<string> Lines => [.. _lines];

    /// <summary>How many signs of life were given; progress counts as well.</summary>
    public int Heartbeats => Volatile.Read(ref _heartbeats);

    private protected abstract TestTaskContext Values { get; }

    /// <inheritdoc/>
    public override void ReportProgress<T>(T progress)
    {
        Heartbeat();
        _progress.Enqueue(JsonText.From(progress));
    }

    /// <inheritdoc/>
    public override void Heartbeat() => Interlocked.Increment(ref _heartbeats);

    /// <inheritdoc/>
    public override void Log(string line) => _lines.Enqueue(line);
}
