using System.Threading.Channels;

namespace TaskGrid.Events;

/// <summary>Hears of all tasks. Who does not read what has come is cut off, so that nothing piles up.</summary>
internal sealed class GridWatch(EventHub hub) : IDisposable
{
    private const int MaxWaiting = 10_000;

    private readonly Channel<TaskEvent> _events = Channel.CreateBounded<TaskEvent>(MaxWaiting);

    /// <summary>What comes; it ends for a reader that is too slow.</summary>
    public ChannelReader<TaskEvent> Events => _events.Reader;

    public void Add(TaskEvent what)
    {
        if (!_events.Writer.TryWrite(what))
        {
            _events.Writer.TryComplete();
        }
    }

    public void Dispose() => hub.Remove(this);
}
