namespace TaskGrid.Queues;

/// <summary>That a queue has work of which its dispatcher has not been told: however often it is raised, one call tells it.</summary>
internal sealed class NudgeFlag
{
    private readonly Lock _gate = new();
    private TimeSpan? _dueIn;
    private bool _sending;

    /// <summary>True when nobody is sending yet: the caller has to.</summary>
    public bool Raise(TimeSpan dueIn)
    {
        lock (_gate)
        {
            _dueIn = _dueIn is { } earlier && earlier < dueIn ? earlier : dueIn;
            var begin = !_sending;
            _sending = true;
            return begin;
        }
    }

    /// <summary>What is to be sent now; <c>null</c> ends the sending.</summary>
    public TimeSpan? Lower()
    {
        lock (_gate)
        {
            var dueIn = _dueIn;
            _dueIn = null;
            _sending = dueIn is not null;
            return dueIn;
        }
    }
}
