namespace TaskGrid.Simulation;

/// <summary>A process: it can die, stand still and be cut off.</summary>
internal abstract class SimProcess(World world)
{
    private List<Action> _missed = [];

    public World World => world;

    public bool IsDead { get; private set; }

    public bool IsFrozen { get; private set; }

    /// <summary>Whether the store can't be reached from it.</summary>
    public bool IsCutFromStore { get; set; }

    /// <summary>Whether it can't be reached from other processes.</summary>
    public bool IsCutFromGrid { get; set; }

    /// <summary>When it stood still last, in microseconds of the history.</summary>
    public long? FrozenUntil { get; private set; }

    /// <summary>Does something in it: never when it is dead, later when it stands still.</summary>
    public void Do(Action action)
    {
        if (IsFrozen)
        {
            _missed.Add(action);
        }
        else if (!IsDead)
        {
            action();
        }
    }

    public void After(double milliseconds, Action action) => world.After(milliseconds, () => Do(action));

    /// <summary>Waits, as this process does.</summary>
    public Task Pause(double milliseconds)
    {
        var over = new TaskCompletionSource();
        After(milliseconds, () => over.TrySetResult());
        return over.Task;
    }

    public void Freeze() => IsFrozen = !IsDead;

    /// <summary>It goes on; what it has missed comes at once, in any order.</summary>
    public void Thaw()
    {
        if (!IsFrozen)
        {
            return;
        }

        (IsFrozen, FrozenUntil) = (false, world.Now);
        var missed = _missed.ToArray();
        _missed = [];
        world.Random.Shuffle(missed);
        foreach (var action in missed)
        {
            world.After(world.Between(0, 5), () => Do(action));
        }
    }

    public virtual void Die()
    {
        (IsDead, IsFrozen) = (true, false);
        _missed = [];
    }
}
