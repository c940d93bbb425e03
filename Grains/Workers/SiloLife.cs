using TaskGrid.Storage;

namespace TaskGrid.Workers;

/// <summary>What a silo's guard has to do.</summary>
internal enum GuardStep
{
    Nothing,

    /// <summary>Nothing may begin, and what runs is to stop: it may be running elsewhere soon.</summary>
    Suspend,

    Resume,
}

/// <summary>What a silo concludes from its beats: whether it may run anything itself, and which of the others are dead.</summary>
internal sealed class SiloLife(SiloIncarnation self)
{
    private readonly DeathWatch _watch = new();
    private volatile bool _isFoundDead;
    private volatile bool _isStartingAnew;
    private volatile bool _isSuspended;

    /// <summary>Whether a dispatcher has said that the store has this silo for dead.</summary>
    public bool IsFoundDead => _isFoundDead;

    /// <summary>A dispatcher has said so.</summary>
    public void NoteFoundDead() => _isFoundDead = true;

    /// <summary>
    /// Takes in that the store has accepted a beat; true when that took so long that what runs here may run elsewhere, too: frozen or cut
    /// off, and back before the guard has noticed.
    /// </summary>
    /// <param name="sentAt">Monotonic, when the beat was sent.</param>
    public bool Confirm(long sentAt)
    {
        var late = self.Confirm(sentAt) > SiloIncarnation.Lifetime;
        if (_isStartingAnew)
        {
            // The store knows the new name, whether its answer to that has come or not. The guard may have slept through all of
            // this: it lets the worker go on.
            _isSuspended = true;
            _isStartingAnew = false;
        }

        return late;
    }

    /// <summary>The worker has been suspended, apart from the guard, which lets it go on from now on.</summary>
    public void NoteSuspended() => _isSuspended = true;

    /// <summary>The silos that have shown no life for too long and have not been declared dead, with the beat that was seen last.</summary>
    /// <param name="at">Monotonic time of the own beat's answer.</param>
    /// <param name="beats">What came with it.</param>
    public IEnumerable<(string Silo, string Beat)> FindDead(TimeSpan at, IReadOnlyDictionary<string, string> beats) =>
        _watch.Observe(at, beats, self.Id).Where(found => !BeatReply.SaysDead(found.Beat));

    /// <summary>The store has lost writes, beats of silos that live among them: none stands still because it is seen once more.</summary>
    public void ForgetOthers() => _watch.Forget();

    /// <summary>It was declared dead: until a beat under a new name is accepted nothing lets it go on.</summary>
    public void StartAnew() => _isStartingAnew = true;

    /// <summary>Nothing runs here any more under the old name, or does not listen.</summary>
    public void Renew()
    {
        self.Renew();
        _isFoundDead = false;
    }

    /// <summary>Looks whether the silo may run anything now.</summary>
    public GuardStep Guard()
    {
        var mayRun = !_isStartingAnew && self.SinceConfirmed <= SiloIncarnation.Lifetime;
        if (mayRun != _isSuspended)
        {
            return GuardStep.Nothing;
        }

        _isSuspended = !mayRun;
        return mayRun ? GuardStep.Resume : GuardStep.Suspend;
    }
}
