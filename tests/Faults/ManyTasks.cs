using System.Collections.Concurrent;
using Xunit;

namespace TaskGrid.Faults;

/// <summary>Many tasks of a real cluster: their submits, and their ends.</summary>
internal static class ManyTasks
{
    /// <summary>Submits tasks that are alike, in batches of 500; returns their ids.</summary>
    public static async Task<IReadOnlySet<string>> SubmitManyAsync(this RealGrid grid, int count, string task, object args, SubmitOptions options)
    {
        var ids = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(Enumerable.Range(0, count).Chunk(500), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (chunk, cancellation) =>
        {
            foreach (var reply in await grid.Tasks.SubmitBatchAsync([.. chunk.Select(_ => TaskSubmission.Create(task, args, options))], cancellation))
            {
                Assert.Null(reply.Refusal);
                ids.Add(reply.Snapshot!.Id);
            }
        });
        return ids.ToHashSet();
    }

    /// <summary>Waits until each task is final; a task that is not is named with its state.</summary>
    public static async Task<IReadOnlyList<TaskSnapshot>> FinalAsync(this RealGrid grid, IEnumerable<TaskHandle> handles, TimeSpan limit)
    {
        using var stop = new CancellationTokenSource(limit);
        var waits = handles.Select(async h =>
        {
            while (true)
            {
                try
                {
                    return await h.WaitAsync(Timeout.InfiniteTimeSpan, stop.Token);
                }
                catch (GridUnavailableException)
                {
                    // The cluster is down at this moment.
                }
                catch (OperationCanceledException)
                {
                    return await h.GetSnapshotAsync() ?? throw new TaskNotFoundException(h.Id);
                }
            }
        });
        var snapshots = await Task.WhenAll(waits);
        var open = snapshots.Where(s => !s.State.IsFinal()).ToList();
        if (open.Count > 0)
        {
            Assert.Fail($"{open.Count} of {snapshots.Length} tasks are not final after {limit}: "
                + string.Join("; ", open.Take(5).Select(s => $"{s.Id} {s.State} attempt {s.Attempt} on {s.Worker} since {s.StartedAt}"))
                + await Autopsy.OfAsync(grid, open.Select(s => s.Id)));
        }

        return snapshots;
    }
}
