using TaskGrid.Queues;
using TaskGrid.Storage;
using TaskGrid.Workers;

namespace TaskGrid.Testing;

/// <summary>What a test grid has to do: looks it up in the store, and has it begun.</summary>
internal sealed class GridWork(
    SiloStore silos, LeaseStore leases, TaskStore tasks, StoreConnection store, Retention retention, SiloIncarnation self, Worker worker, Nudger nudger, TimeProvider time)
{
    private const int ExpiredAtOnce = 100;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(5);

    /// <summary>Does at once what the silo's own watchers would do within two seconds, or a minute for what is to be forgotten.</summary>
    public async Task WakeAsync()
    {
        while (await tasks.ExpireAsync(ExpiredAtOnce).ConfigureAwait(false) == ExpiredAtOnce)
        {
        }

        await retention.PruneAllAsync().ConfigureAwait(false);
        foreach (var work in (await silos.SurveyAsync().ConfigureAwait(false)).Queues.Where(w => w.IsReady))
        {
            worker.Wake(work.Queue);
            nudger.Nudge(work.Queue, TimeSpan.Zero);
        }
    }

    /// <summary>Waits until there is nothing to do now.</summary>
    public async Task DrainAsync(string? queue, TimeSpan timeout)
    {
        var start = time.GetTimestamp();
        while (true)
        {
            var before = store.Sequence;
            var left = await LeftAsync(queue).ConfigureAwait(false);
            if (left.Count == 0 && store.Sequence == before)
            {
                // Nothing was changed in the store between looking at what runs and at what is ready.
                return;
            }

            if (time.GetElapsedTime(start) > timeout)
            {
                throw new TimeoutException($"There is still something to do after {timeout}: {string.Join(", ", left)}.");
            }

            await Task.Delay(s_pause, time).ConfigureAwait(false);
        }
    }

    private async Task<IReadOnlyList<string>> LeftAsync(string? queue)
    {
        var left = new List<string>();
        foreach (var (id, lease) in await leases.HeldByAsync(self.Id).ConfigureAwait(false))
        {
            var record = await tasks.ReadAsync(id).ConfigureAwait(false);
            if (queue is null || record?.Line.Queue == queue)
            {
                left.Add($"task {id} ({record?.Definition?.Header.Task}) runs attempt {lease.Attempt}");
            }
        }

        var survey = await silos.SurveyAsync().ConfigureAwait(false);
        left.AddRange(survey.Queues.Where(w => w.IsReady && (queue is null || w.Queue == queue)).Select(w => $"queue {w.Queue} has tasks that are ready"));
        return left;
    }
}
