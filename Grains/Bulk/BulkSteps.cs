using TaskGrid.Storage;

namespace TaskGrid.Bulk;

/// <summary>What operations on many tasks ask of the store: each call is one script, which holds everybody up for some milliseconds.</summary>
internal sealed class BulkSteps(ManyStore many, QueueStore queues, TaskStore tasks)
{
    private const int TasksAtOnce = 100;
    // All that runs is read for each step.
    private const string Running = "L";
    private const int RunningAtOnce = 1000;
    private const int ScannedAtOnce = 500;
    private const int MostCounted = 10_000;

    /// <summary>What was accepted, or ended, after this is not meant.</summary>
    public Task<long> CutoffAsync(BulkRequest request) => BulkPlan.IsOfFinal(request) ? many.NowAsync() : many.CutoffAsync();

    /// <summary>What is gone through one after the other: queues, or parts of states.</summary>
    public async Task<List<string>> PartsAsync(BulkRequest request) => request switch
    {
        _ when !BulkPlan.IsIndexed(request) => await PartsOfStatesAsync(request).ConfigureAwait(false),
        { Tag: not null } => [""],
        { Queue: { } queue } => [queue],
        _ => [.. (await queues.NamesAsync().ConfigureAwait(false)).Where(q => q != request.Target)],
    };

    /// <summary>Does some of it.</summary>
    /// <param name="request">What was asked for.</param>
    /// <param name="part">One of <see cref="PartsAsync"/>.</param>
    /// <param name="cutoff">That of <see cref="CutoffAsync"/> when it began.</param>
    /// <param name="cursor">Empty at first, then what the last step of this part returned.</param>
    public Task<SweepStep> TakeAsync(BulkRequest request, string part, long cutoff, string cursor)
    {
        var (action, argument) = (BulkPlan.Word(request), ArgumentOf(request));
        return BulkPlan.IsIndexed(request)
            ? many.SweepAsync(action, argument, TagOf(request), part, request.Task ?? "", cutoff, cursor, TasksAtOnce)
            : many.OverAsync(action, argument, request.ToFilter(), part, cutoff, cursor, part == Running ? RunningAtOnce : TasksAtOnce, ScannedOf(part));
    }

    /// <summary>How many tasks it would change now; so many records are looked at.</summary>
    public async Task<BulkImpact> CountAsync(BulkRequest request)
    {
        var (action, target) = (BulkPlan.Word(request), request.Target ?? "");
        if (BulkPlan.IsIndexed(request))
        {
            return await many.CountAsync(action, target, TagOf(request), request.Queue ?? "", request.Task ?? "").ConfigureAwait(false);
        }

        var (count, scanned) = (0L, 0);
        foreach (var part in await PartsOfStatesAsync(request).ConfigureAwait(false))
        {
            var cursor = "";
            do
            {
                if (scanned >= MostCounted)
                {
                    return new(count, IsComplete: false);
                }

                var step = await many.CountOverAsync(action, target, request.ToFilter(), part, cursor, ScannedOf(part)).ConfigureAwait(false);
                (count, cursor, scanned) = (count + step.Count, step.Cursor, scanned + step.Scanned);
            }
            while (cursor.Length > 0);
        }

        return new(count, IsComplete: true);
    }

    private async Task<List<string>> PartsOfStatesAsync(BulkRequest request)
    {
        var (all, classes) = (await queues.NamesAsync().ConfigureAwait(false), await tasks.RetentionClassesAsync().ConfigureAwait(false));
        return [.. BulkPlan.States(request).SelectMany(s => BulkPlan.Parts(s, request.Queue, all, classes))];
    }

    private static int ScannedOf(string part) => part == Running ? RunningAtOnce : ScannedAtOnce;

    private static string TagOf(BulkRequest request) => request.Tag is { } tag ? FilterWords.Tag(tag) : "";

    private static string ArgumentOf(BulkRequest request) => request.Action switch
    {
        BulkAction.Cancel => "requested",
        BulkAction.Purge => "purged",
        BulkAction.Forget => ManyStore.Windows,
        _ => request.Target ?? "",
    };
}
