using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Streams;
using TaskGrid.Queues;
using TaskGrid.Storage;
using TaskGrid.Tasks;
using TaskGrid.Workers;

namespace TaskGrid.Events;

/// <summary>
/// What this silo has changed in the store, gathered for a moment and published to those who listen. Nothing of it is made while nobody does; nobody waits for
/// it, and what a listener can't take in time is dropped.
/// </summary>
internal sealed partial class EventFeed(IServiceProvider services, StoreConnection store, TaskStore tasks, HeldLeases held, TimeProvider time, ILogger<EventFeed> logger)
{
    private const int MaxPending = 10_000;
    private const int MaxRead = 100;
    private static readonly TimeSpan s_moment = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_kept = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, Listener> _listeners = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TaskEvent> _pending = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private int _publishing;

    /// <summary>From now on a listener hears this, for ten seconds.</summary>
    public void Listen(EventInterest interest)
    {
        lock (_gate)
        {
            if (_listeners.TryGetValue(interest.Listener, out var known) && known.Number > interest.Number)
            {
                return;
            }

            if (_listeners.IsEmpty)
            {
                store.Changed += Note;
                store.Ended += NoteEnded;
            }

            _listeners[interest.Listener] = new(interest, time.GetTimestamp(), known?.Sending ?? Task.CompletedTask);
        }

        // Somebody has to find out that it is silent.
        Begin();
    }

    private void Note(TaskEvent what)
    {
        // Whoever ran an attempt still has its lease in hand when its outcome is stored.
        var attempt = what.Queue is null ? held.Find(what.Id) : null;
        Add(attempt is null ? what : what with { Task = Lane.TaskOf(attempt.Line.Lane), Queue = attempt.Queue });
    }

    private void NoteEnded(string id) => Add(new(id, null, null, null));

    private void Add(TaskEvent what)
    {
        if (_listeners.Values.Any(l => l.Hears(what.Id)) && (_pending.Count < MaxPending || _pending.ContainsKey(what.Id)))
        {
            _pending[what.Id] = what;
            Begin();
        }
    }

    private void Begin()
    {
        if (Interlocked.CompareExchange(ref _publishing, 1, 0) == 0)
        {
            Task.Run(PublishLoopAsync).Ignore();
        }
    }

    private async Task PublishLoopAsync()
    {
        while (true)
        {
            await Task.Delay(s_moment, time).ConfigureAwait(false);
            DropSilent();
            var gathered = TakePending();
            try
            {
                await PublishAsync(gathered).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                LogNotPublished(gathered.Count, e.Message);
            }

            if (_listeners.IsEmpty)
            {
                Volatile.Write(ref _publishing, 0);
                if (_listeners.IsEmpty || Interlocked.CompareExchange(ref _publishing, 1, 0) != 0)
                {
                    return;
                }
            }
        }
    }

    private List<TaskEvent> TakePending()
    {
        var gathered = new List<TaskEvent>();
        foreach (var id in _pending.Keys)
        {
            if (_pending.TryRemove(id, out var what))
            {
                gathered.Add(what);
            }
        }

        return gathered;
    }

    private async Task PublishAsync(List<TaskEvent> gathered)
    {
        if (gathered.Count == 0)
        {
            return;
        }

        var whole = _listeners.Values.Any(l => l.Everything) ? await CompleteAsync(gathered).ConfigureAwait(false) : gathered;
        foreach (var listener in _listeners.Values.Where(l => l.Sending.IsCompleted))
        {
            TaskEvent[] heard = [.. whole.Where(e => listener.Hears(e.Id))];
            if (heard.Length > 0)
            {
                listener.Sending = SendAsync(listener.Name, heard);
            }
        }
    }

    /// <summary>Reads what is not known of some: who hears everything wants to know what it is.</summary>
    private async Task<List<TaskEvent>> CompleteAsync(List<TaskEvent> gathered)
    {
        var read = await Task.WhenAll(gathered.Where(IsVague).Take(MaxRead).Select(e => tasks.ReadAsync(e.Id))).ConfigureAwait(false);
        var known = read.OfType<TaskRecord>().ToDictionary(r => r.Id, r => new TaskEvent(r.Id, Lane.TaskOf(r.Line.Lane), r.Line.Queue, r.State), StringComparer.Ordinal);
        return [.. gathered.Select(e => known.GetValueOrDefault(e.Id, e))];
    }

    private static bool IsVague(TaskEvent what) => what.Queue is null || what.State is null;

    private async Task SendAsync(string listener, TaskEvent[] heard)
    {
        try
        {
            var stream = services.GetRequiredKeyedService<IStreamProvider>(EventStreams.Provider).GetStream<TaskEvent[]>(StreamId.Create(EventStreams.Namespace, listener));
            await stream.OnNextAsync(heard).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            LogNotPublished(heard.Length, e.Message);
        }
    }

    private void DropSilent()
    {
        lock (_gate)
        {
            foreach (var (name, listener) in _listeners)
            {
                if (time.GetElapsedTime(listener.SaidAt) > s_kept)
                {
                    _listeners.TryRemove(name, out _);
                }
            }

            if (_listeners.IsEmpty)
            {
                store.Changed -= Note;
                store.Ended -= NoteEnded;
                _pending.Clear();
            }
        }
    }

    [LoggerMessage(LogLevel.Debug, "{Count} events were not published: {Reason}")]
    private partial void LogNotPublished(int count, string reason);

    private sealed class Listener(EventInterest interest, long saidAt, Task sending)
    {
        private readonly HashSet<string> _ids = new(interest.Ids, StringComparer.Ordinal);

        public string Name => interest.Listener;

        public long Number => interest.Number;

        public bool Everything => interest.Everything;

        public long SaidAt => saidAt;

        /// <summary>What it has not taken yet.</summary>
        public Task Sending { get; set; } = sending;

        public bool Hears(string id) => interest.Everything || _ids.Contains(id);
    }
}
