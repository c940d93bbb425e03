using TaskGrid.Tasks;

namespace TaskGrid.Workers;

/// <summary>What a silo finds out about a lease that the store has on its name.</summary>
internal enum LeaseFinding
{
    /// <summary>It is here, or may be on its way.</summary>
    Known,

    /// <summary>It is here, and nobody has said so far that it is to be cancelled.</summary>
    ToCancel,

    /// <summary>It has never arrived.</summary>
    Lost,
}

/// <summary>Compares what the store says that a silo holds with what it does hold. Pure.</summary>
internal static class LeaseComparison
{
    // No answer of a dispatcher is used that is this old, and no demand waits for longer than half of it.
    private static readonly TimeSpan s_longestWay = TimeSpan.FromSeconds(8);

    /// <summary>What is to be thought of one lease.</summary>
    /// <param name="stored">As the store has it.</param>
    /// <param name="held">What this silo holds of the task, if anything.</param>
    /// <param name="storeNow">The store's clock, Unix milliseconds, or a little earlier.</param>
    /// <param name="nothingComes">Whether no answer of a dispatcher is on its way any more.</param>
    public static LeaseFinding Of(LeaseLine stored, Attempt? held, long storeNow, bool nothingComes)
    {
        if (held?.Lease.Token == stored.Token)
        {
            return stored.CancelRequested ? LeaseFinding.ToCancel : LeaseFinding.Known;
        }

        return nothingComes || stored.Started < storeNow - (long)s_longestWay.TotalMilliseconds ? LeaseFinding.Lost : LeaseFinding.Known;
    }
}
