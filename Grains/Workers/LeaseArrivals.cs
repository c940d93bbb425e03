namespace TaskGrid.Workers;

/// <summary>What becomes of a lease that arrives at a silo.</summary>
internal enum Arrival
{
    /// <summary>It has a slot.</summary>
    RunsNow,

    /// <summary>It waits a moment for one.</summary>
    Waits,

    GoesBack,

    /// <summary>It goes back after a pause, in which another silo's demand comes first.</summary>
    GoesBackLater,
}

/// <summary>Decides how much a silo asks for, and what becomes of the leases that it is answered with.</summary>
internal sealed class LeaseArrivals(Slots slots, HeldLeases held, Reluctance reluctance, WaitingOutcomes waiting, SiloIncarnation self)
{
    // An answer that comes later than this after its call is not used: the comparison with the store gives leases back as
    // lost after 8 s, and a frozen process may find such an answer when it wakes.
    private static readonly TimeSpan s_answerLifetime = TimeSpan.FromSeconds(7);

    /// <summary>How many leases it can begin in time.</summary>
    public int Demand => !self.MayBegin || waiting.AreTooMany ? 0 : slots.Free;

    /// <summary>Whether leases that arrive now may have been given back as lost, or belong to a former life.</summary>
    /// <param name="sinceAsked">How long ago they were asked for.</param>
    /// <param name="worker">The incarnation that asked.</param>
    public bool IsTooLate(TimeSpan sinceAsked, string worker) => sinceAsked > s_answerLifetime || worker != self.Id;

    /// <summary>Takes a lease in: what runs or waits is held from now on.</summary>
    /// <param name="attempt">The lease.</param>
    /// <param name="tooLate">Whether it was given back already.</param>
    /// <param name="offers">The <see cref="HeldLeases.Offers"/> when it was asked for: since then the store may have lost it.</param>
    /// <param name="stopping">Whether this silo stops.</param>
    public Arrival Receive(Attempt attempt, bool tooLate, int offers, bool stopping)
    {
        if (tooLate)
        {
            return Arrival.GoesBack;
        }

        if (reluctance.PassesOn(attempt.Id, slots.HasLeaked(attempt.Id)) || !held.TryAdd(attempt))
        {
            // An attempt that is held is one that was given up and does not listen: the task is not run beside it.
            return Arrival.GoesBackLater;
        }

        // Held first, then compared: an offer that begins in between has it.
        if (stopping || offers != held.Offers || !self.MayBegin || waiting.AreTooMany || !slots.TryAdd(attempt, out var runNow))
        {
            return Arrival.GoesBack;
        }

        return runNow ? Arrival.RunsNow : Arrival.Waits;
    }
}
