namespace TaskGrid;

/// <summary>
/// The replies to a batch, gathered from as many calls as it takes. A call that was given up may still be answered while the next is on
/// its way: what it says of a submission is as true as what the next one says, and the first to say it counts.
/// </summary>
internal sealed class BatchReplies(int count)
{
    private readonly Lock _gate = new();
    private readonly SubmitReply?[] _replies = new SubmitReply?[count];

    /// <summary>The submissions that have no answer but "later" so far.</summary>
    public int[] Open
    {
        get
        {
            lock (_gate)
            {
                return [.. Enumerable.Range(0, _replies.Length).Where(IsOpen)];
            }
        }
    }

    /// <summary>All of them, once none is open.</summary>
    public IReadOnlyList<SubmitReply> All => _replies!;

    /// <summary>Takes the answers of one call.</summary>
    /// <returns>What a submission that is still open was told.</returns>
    public TaskRefusal? Take(int[] asked, SubmitReply[] answers)
    {
        lock (_gate)
        {
            for (var k = 0; k < asked.Length; k++)
            {
                if (IsOpen(asked[k]))
                {
                    _replies[asked[k]] = answers[k];
                }
            }

            return asked.Where(IsOpen).Select(i => _replies[i]!.Refusal).FirstOrDefault();
        }
    }

    /// <summary>The store can't take it now.</summary>
    public static bool MeansLater(TaskRefusal? refusal) => refusal?.Code is ErrorCodes.StoreUnavailable or ErrorCodes.StoreFull or ErrorCodes.GridUnavailable;

    private bool IsOpen(int index) => _replies[index] is not { } reply || MeansLater(reply.Refusal);
}
