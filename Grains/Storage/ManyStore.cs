using System.Globalization;
using StackExchange.Redis;

namespace TaskGrid.Storage;

/// <summary>One step of an operation on many tasks.</summary>
/// <param name="Done">How many tasks it changed.</param>
/// <param name="Cursor">Where to go on; empty when all is done.</param>
/// <param name="Asked">Tasks that are running and were asked to stop, with their silo.</param>
internal sealed record SweepStep(int Done, string Cursor, IReadOnlyList<(string Id, string Silo)> Asked);

/// <summary>Operations on many tasks. Every method is one atomic step of some of them, small enough to hold nobody up.</summary>
internal sealed class ManyStore(StoreConnection store)
{
    /// <summary>The argument of a <c>forget</c>: how long the ids of what is forgotten stay known.</summary>
    public static readonly string Windows = string.Create(
        CultureInfo.InvariantCulture, $"{(long)Retention.IdempotencyWindow.TotalMilliseconds} {(long)Retention.IdempotencyKeyWindow.TotalMilliseconds}");

    /// <summary>A place in the order of acceptance that everything accepted until now lies before.</summary>
    public async Task<long> CutoffAsync()
    {
        // Whatever was accepted through other silos has drawn its number before this answer.
        await store.ReadAsync("queues").ConfigureAwait(false);
        return store.Sequence;
    }

    /// <summary>The store's clock, Unix milliseconds.</summary>
    public async Task<long> NowAsync() => (long)(await store.ReadAsync("read", "").ConfigureAwait(false))[0];

    /// <summary>How many tasks with a tag, or of a queue or a name, an operation would change if it began now.</summary>
    /// <param name="action"><c>cancel</c>, <c>purge</c> or <c>move</c>.</param>
    /// <param name="target">The queue to move to, or empty.</param>
    /// <param name="tag">The tag, or empty.</param>
    /// <param name="queue">The queue, or empty.</param>
    /// <param name="task">The task name, or empty.</param>
    public async Task<BulkImpact> CountAsync(string action, string target, string tag, string queue, string task)
    {
        var reply = await store.ReadAsync("impact", action, target, tag, queue, task).ConfigureAwait(false);
        return new((long)reply[0], (string?)reply[1] == "1");
    }

    /// <summary>Does something to tasks with a tag, or of a queue, and of a task name if one is given.</summary>
    /// <param name="action"><c>cancel</c>, <c>purge</c> (what does not run) or <c>move</c>.</param>
    /// <param name="argument">The reason, or the queue to move to.</param>
    /// <param name="tag">The tag, or empty.</param>
    /// <param name="queue">The queue, when there is no tag.</param>
    /// <param name="task">The task name, or empty for all.</param>
    /// <param name="cutoff">What was accepted later is left alone.</param>
    /// <param name="cursor">Empty at first, then what the last step returned.</param>
    /// <param name="max">How many at most.</param>
    public async Task<SweepStep> SweepAsync(string action, string argument, string tag, string queue, string task, long cutoff, string cursor, int max) =>
        Step(await store.WriteAsync("sweep", action, argument, tag, queue, task, cutoff, cursor, max).ConfigureAwait(false));

    /// <summary>Does something to those of a filter that it is for.</summary>
    /// <param name="action"><c>cancel</c>, <c>purge</c>, <c>move</c>, <c>retry</c> or <c>forget</c>.</param>
    /// <param name="argument">The reason, the queue to move to, or <see cref="Windows"/>.</param>
    /// <param name="filter">Which tasks; their state is said by the part.</param>
    /// <param name="part">Where to look: <c>A</c> all, <c>Q</c>, <c>R</c> or <c>L</c> by their list, <c>D:queue</c>, or a bucket state such as <c>F</c> or <c>F@3600</c>.</param>
    /// <param name="cutoff">What was accepted later, or ended later where final tasks are meant, is left alone: a place, or Unix milliseconds.</param>
    /// <param name="cursor">Empty at first, then what the last step returned.</param>
    /// <param name="max">How many tasks at most.</param>
    /// <param name="scanned">How many records to look at, about.</param>
    public async Task<SweepStep> OverAsync(string action, string argument, TaskFilter filter, string part, long cutoff, string cursor, int max, int scanned) =>
        Step(await store.WriteAsync("over", [action, argument, cutoff, part, cursor, max, scanned, .. FilterWords.Of(filter, [], [])]).ConfigureAwait(false));

    /// <summary>How many of a filter something would be done to, in a step of so many records.</summary>
    /// <param name="action">As for <see cref="OverAsync"/>.</param>
    /// <param name="target">The queue to move to, or empty.</param>
    /// <param name="filter">Which tasks.</param>
    /// <param name="part">As for <see cref="OverAsync"/>.</param>
    /// <param name="cursor">Empty at first, then what the last step returned.</param>
    /// <param name="scanned">How many records to look at, about.</param>
    public async Task<(int Count, string Cursor, int Scanned)> CountOverAsync(string action, string target, TaskFilter filter, string part, string cursor, int scanned)
    {
        var reply = await store.ReadAsync("impactover", [action, target, part, cursor, scanned, .. FilterWords.Of(filter, [], [])]).ConfigureAwait(false);
        return ((int)(long)reply[1], (string)reply[2]!, (int)(long)reply[3]);
    }

    private static SweepStep Step(RedisResult[] reply) =>
        new((int)(long)reply[1], (string)reply[2]!, [.. ((RedisResult[])reply[3]!).Chunk(2).Select(a => ((string)a[0]!, (string)a[1]!))]);
}
