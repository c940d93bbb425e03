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
    /// <summary>A place in the order of acceptance that everything accepted until now lies before.</summary>
    public async Task<long> CutoffAsync()
    {
        // Whatever was accepted through other silos has drawn its number before this answer.
        await store.ReadAsync("queues").ConfigureAwait(false);
        return store.Sequence;
    }

    /// <summary>The store's clock, Unix milliseconds.</summary>
    public async Task<long> NowAsync() => (long)(await store.ReadAsync("read", "").ConfigureAwait(false))[0];

    /// <summary>How many tasks an operation would change if it began now.</summary>
    /// <param name="action"><c>cancel</c>, <c>purge</c>, <c>move</c> or <c>retry</c>.</param>
    /// <param name="tag">The tag, or empty.</param>
    /// <param name="queue">The queue, or empty.</param>
    /// <param name="task">The task name, or empty.</param>
    public async Task<BulkImpact> CountAsync(string action, string tag, string queue, string task)
    {
        var reply = await store.ReadAsync("impact", action, tag, queue, task).ConfigureAwait(false);
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
    public async Task<SweepStep> SweepAsync(string action, string argument, string tag, string queue, string task, long cutoff, string cursor, int max)
    {
        var reply = await store.WriteAsync("sweep", action, argument, tag, queue, task, cutoff, cursor, max).ConfigureAwait(false);
        return new((int)(long)reply[1], (string)reply[2]!, [.. ((RedisResult[])reply[3]!).Chunk(2).Select(a => ((string)a[0]!, (string)a[1]!))]);
    }

    /// <summary>Lets failed tasks run again, those of a queue and a task name if they are given.</summary>
    /// <param name="state"><c>F</c>, or one of its retention classes.</param>
    /// <param name="queue">The queue, or empty for all.</param>
    /// <param name="task">The task name, or empty for all.</param>
    /// <param name="cutoff">Unix milliseconds: what failed later is left alone.</param>
    /// <param name="cursor">Empty at first, then what the last step returned.</param>
    /// <param name="max">How many at most.</param>
    public async Task<SweepStep> RetryAsync(string state, string queue, string task, long cutoff, string cursor, int max)
    {
        var reply = await store.WriteAsync("retrymany", state, queue, task, cutoff, cursor, max).ConfigureAwait(false);
        return new((int)(long)reply[1], (string)reply[2]!, []);
    }
}
