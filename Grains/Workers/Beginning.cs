namespace TaskGrid.Workers;

/// <summary>The way of an attempt from its slot to its code. Each step may take long, so what it depends on is looked at after each.</summary>
internal static class Beginning
{
    /// <summary>Whether the code may begin now; otherwise the lease goes back, and nothing has begun.</summary>
    /// <param name="attempt">The attempt.</param>
    /// <param name="self">The silo that it is to run on.</param>
    /// <param name="prepare">Gets what the code needs; false when it can't run here.</param>
    /// <param name="write">Notes in the store that the code is about to begin; false when it must not.</param>
    public static async ValueTask<bool> ReachAsync(Attempt attempt, SiloIncarnation self, Func<ValueTask<bool>> prepare, Func<Task<bool>> write) =>
        MayGoOn(attempt, self)
        && await prepare().ConfigureAwait(false)
        && !attempt.HasExpired && self.MayBegin
        && (!attempt.IsWrittenFirst || await WriteAsync(attempt, write).ConfigureAwait(false))
        && MayGoOn(attempt, self);

    private static Task<bool> WriteAsync(Attempt attempt, Func<Task<bool>> write)
    {
        attempt.MayHaveBegun = true;
        return write();
    }

    private static bool MayGoOn(Attempt attempt, SiloIncarnation self) => attempt.Reason == StopReason.None && self.MayBegin;
}
