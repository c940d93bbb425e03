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
    private const int MaxRead = 100;
    private static readonly TimeSpan s_moment = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_kept = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, Listener> _listeners = new(StringComparer.Ordinal);
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

            _listeners[interest.Listener] = new(interest, time.GetTimestamp(), known?.Outbox ?? new());
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
        foreach (var listener in _listeners.Values.Where(l => l.Hears(what.Id)))
        {
            listener.Outbox.Add(what);
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
            await PublishAsync().ConfigureAwait(false);

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

    private async Task PublishAsync()
    {
        var ready = _listeners.Values.Select(l => (Listener: l, Events: l.Outbox.Take())).Where(r => r.Events.Count > 0).ToList();
        var known = await ReadAsync(ready.Where(r => r.Listener.Everything).SelectMany(r => r.Events)).ConfigureAwait(false);
        foreach (var (listener, events) in ready)
        {
            listener.Outbox.Sent(SendAsync(listener.Name, [.. events.Select(e => known.GetValueOrDefault(e.Id, e))]));
        }
    }

    /// <summary>Reads what is not known of some: who hears everything wants to know what it is.</summary>
    private async Task<Dictionary<string, TaskEvent>> ReadAsync(IEnumerable<TaskEvent> events)
    {
        try
        {
            var read = await Task.WhenAll(events.Where(IsVague).Select(e => e.Id).Distinct().Take(MaxRead).Select(tasks.ReadAsync)).ConfigureAwait(false);
            return read.OfType<TaskRecord>().ToDictionary(r => r.Id, r => new TaskEvent(r.Id, Lane.TaskOf(r.Line.Lane), r.Line.Queue, r.State), StringComparer.Ordinal);
        }
        catch (Exception e)
        {
            LogNotRead(e.Message);
            return [];
        }
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
            }
        }
    }

    [LoggerMessage(LogLevel.Debug, "{Count} events were not published: {Reason}")]
    private partial void LogNotPublished(int count, string reason);

    [LoggerMessage(LogLevel.Debug, "Events go out without what their tasks are: {Reason}")]
    private partial void LogNotRead(string reason);

    private sealed class Listener(EventInterest interest, long saidAt, EventOutbox outbox)
    {
        private readonly HashSet<string> _ids = new(interest.Ids, StringComparer.Ordinal);

        public string Name => interest.Listener;

        public long Number => interest.Number;

        public bool Everything => interest.Everything;

        public long SaidAt => saidAt;

        /// <summary>What it is still to be told, whatever it was interested in before.</summary>
        public EventOutbox Outbox => outbox;

        public bool Hears(string id) => interest.Everything || _ids.Contains(id);
    }
}
