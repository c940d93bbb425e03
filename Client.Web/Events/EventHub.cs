using Orleans.Streams;

namespace TaskGrid.Events;

/// <summary>
/// This process's ear to the grid: one Orleans stream, whose events are handed to those here who listen. Tells the silos what they listen to, so that
/// nothing else is sent.
/// </summary>
internal sealed partial class EventHub(IClusterClient client, TimeProvider time, ILogger<EventHub> logger) : BackgroundService
{
    // Silos forget what they were told after ten seconds.
    private static readonly TimeSpan s_again = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_trusted = TimeSpan.FromMinutes(1);

    private readonly string _name = Guid.NewGuid().ToString("N");
    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<TaskWatch>> _watches = new(StringComparer.Ordinal);
    private readonly HashSet<GridWatch> _grid = [];
    private Task<StreamSubscriptionHandle<TaskEvent[]>>? _subscribing;
    private long _subscribedAt;
    private Task _telling = Task.CompletedTask;
    private Task? _next;
    private long _number;

    /// <summary>How many listen.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _grid.Count + _watches.Values.Sum(w => w.Count);
            }
        }
    }

    /// <summary>Hears of one task: once this has returned, of whatever changes from then on.</summary>
    public async Task<TaskWatch> WatchAsync(string id)
    {
        var watch = new TaskWatch(this, id, time);
        lock (_gate)
        {
            if (!_watches.TryGetValue(id, out var those))
            {
                _watches[id] = those = [];
            }

            those.Add(watch);
        }

        await TellAsync().ConfigureAwait(false);
        return watch;
    }

    /// <summary>Hears of all tasks.</summary>
    public async Task<GridWatch> WatchAllAsync()
    {
        var watch = new GridWatch(this);
        lock (_gate)
        {
            _grid.Add(watch);
        }

        await TellAsync().ConfigureAwait(false);
        return watch;
    }

    /// <summary>What the silos send it through.</summary>
    internal StreamId Stream => StreamId.Create(EventStreams.Namespace, _name);

    internal void Remove(TaskWatch watch)
    {
        lock (_gate)
        {
            if (_watches.TryGetValue(watch.Id, out var those) && those.Remove(watch) && those.Count == 0)
            {
                _watches.Remove(watch.Id);
            }
        }
    }

    internal void Remove(GridWatch watch)
    {
        lock (_gate)
        {
            _grid.Remove(watch);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        if (_subscribing is { IsCompletedSuccessfully: true } subscribed)
        {
            await (await subscribed.ConfigureAwait(false)).UnsubscribeAsync().WaitAsync(s_patience, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_again, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            if (Count > 0)
            {
                await TellAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>Tells the silos what is listened to now; those who ask while they are being told share the next time.</summary>
    private Task TellAsync()
    {
        lock (_gate)
        {
            return _next ??= TellNextAsync(_telling);
        }
    }

    private async Task TellNextAsync(Task before)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        EventInterest interest;
        lock (_gate)
        {
            (_telling, _next) = (_next!, null);
            interest = new(_name, ++_number, _grid.Count > 0, [.. _watches.Keys]);
        }

        try
        {
            await SubscribeAsync().ConfigureAwait(false);
            await client.GetGrain<IEventGrain>(0).Listen(interest).WaitAsync(s_patience, time).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // Whoever listens looks every few seconds all the same.
            LogNotTold(e.Message);
        }
    }

    /// <summary>Once: what takes longer than one is patient for is waited for again, not done again. And looks now and then whether the store still has it.</summary>
    private async Task SubscribeAsync()
    {
        var stream = client.GetStreamProvider(EventStreams.Provider).GetStream<TaskEvent[]>(Stream);
        if (_subscribing is { IsCompletedSuccessfully: true } && time.GetElapsedTime(_subscribedAt) > s_trusted)
        {
            // Before the look: one that fails is not made again with each telling, which waits for it.
            _subscribedAt = time.GetTimestamp();
            var handles = await stream.GetAllSubscriptionHandles().WaitAsync(s_patience, time).ConfigureAwait(false);
            _subscribing = handles.Count == 0 ? null : _subscribing;
        }

        if (_subscribing is null or { IsFaulted: true } or { IsCanceled: true })
        {
            (_subscribing, _subscribedAt) = (stream.SubscribeAsync(HandOutAsync), time.GetTimestamp());
        }

        await _subscribing.WaitAsync(s_patience, time).ConfigureAwait(false);
    }

    private Task HandOutAsync(TaskEvent[] events, StreamSequenceToken? token)
    {
        HandOut(events);
        return Task.CompletedTask;
    }

    private void HandOut(TaskEvent[] events)
    {
        lock (_gate)
        {
            foreach (var what in events)
            {
                foreach (var watch in _watches.GetValueOrDefault(what.Id, []))
                {
                    watch.Signal();
                }

                foreach (var watch in _grid)
                {
                    watch.Add(what);
                }
            }
        }
    }

    [LoggerMessage(LogLevel.Debug, "The silos were not told what is listened to: {Reason}")]
    private partial void LogNotTold(string reason);
}
