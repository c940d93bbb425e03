namespace TaskGrid.Queues;

/// <summary>That a queue has work of which its dispatcher has not been told: however often it is raised, one call tells it.</summary>
internal sealed class NudgeFlag
{
    private readonly Lock _gate = new();
    private TimeSpan? _dueAt;
    private bool _sending;

    /// <summary>True when nobody is sending yet: the caller has to.</summary>
    /// <param name="dueAt">When there is work, on a clock of the caller: the flag may stand for a while.</param>
    public bool Raise(TimeSpan dueAt)
    {
        lock (_gate)
        {
            _dueAt = _dueAt is { } earlier && earlier < dueAt ? earlier : dueAt;
            var begin = !_sending;
            _sending = true;
            return begin;
        }
    }

    /// <summary>The instant of which the dispatcher is to be told now; <c>null</c> ends the sending.</summary>
    public TimeSpan? Lower()
    {
        lock (_gate)
        {
            var dueAt = _dueAt;
            _dueAt = null;
            _sending = dueAt is not null;
            return dueAt;
        }
    }
}
