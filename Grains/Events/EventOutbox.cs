using System.Collections.Concurrent;

namespace TaskGrid.Events;

/// <summary>
/// What a listener is still to be told: of each task the latest. One publication is on its way at a time, and what happens meanwhile waits here; past a limit
/// the listener is not told of more tasks, but of these.
/// </summary>
internal sealed class EventOutbox
{
    /// <summary>The most tasks that wait.</summary>
    public const int MaxWaiting = 10_000;

    private readonly ConcurrentDictionary<string, TaskEvent> _waiting = new(StringComparer.Ordinal);
    private Task _sending = Task.CompletedTask;

    public void Add(TaskEvent what)
    {
        if (_waiting.Count < MaxWaiting || _waiting.ContainsKey(what.Id))
        {
            _waiting[what.Id] = what;
        }
    }

    /// <summary>What is to be sent now: nothing while the last is still on its way.</summary>
    public List<TaskEvent> Take()
    {
        var taken = new List<TaskEvent>();
        if (!_sending.IsCompleted)
        {
            return taken;
        }

        foreach (var id in _waiting.Keys)
        {
            if (_waiting.TryRemove(id, out var what))
            {
                taken.Add(what);
            }
        }

        return taken;
    }

    /// <summary>What was taken is on its way.</summary>
    public void Sent(Task sending) => _sending = sending;
}
