using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using TaskGrid.Queues;
using TaskGrid.Storage;
using TaskGrid.Tasks;

namespace TaskGrid.Workers;

/// <summary>The leases in the hands of this silo: waiting for a slot, running, or with an outcome not stored yet. One per task.</summary>
internal sealed partial class HeldLeases(LeaseStore leases, Nudger nudger, TimeProvider time, ILogger<HeldLeases> logger)
{
    private readonly ConcurrentDictionary<string, Attempt> _held = new(StringComparer.Ordinal);

    // By id: the tokens of those whose code had begun when they went back, until the store has answered.
    private readonly ConcurrentDictionary<string, long> _begun = new(StringComparer.Ordinal);
    private int _offers;

    public ICollection<Attempt> All => _held.Values;

    public int Count => _held.Count;

    /// <summary>How often all of them have been offered to the store again. A lease that was asked for before the last time is not among them.</summary>
    public int Offers => Volatile.Read(ref _offers);

    /// <summary>All of them, for a store that may have lost them. Who comes later finds that <see cref="Offers"/> has changed.</summary>
    public IReadOnlyList<Attempt> ToOffer()
    {
        Interlocked.Increment(ref _offers);
        return [.. _held.Values];
    }

    /// <summary>False while another lease of the same task is held.</summary>
    public bool TryAdd(Attempt attempt) => _held.TryAdd(attempt.Id, attempt);

    public Attempt? Find(string id) => _held.GetValueOrDefault(id);

    /// <summary>This silo has nothing more to do with the lease.</summary>
    public void Drop(Attempt attempt)
    {
        _held.TryRemove(new(attempt.Id, attempt));
        attempt.End();
    }

    /// <summary>This silo has nothing more to do with the lease, but the store is to hear of it still: <see cref="Returned"/> says that it has.</summary>
    public void Return(Attempt attempt)
    {
        if (attempt.HasBegun)
        {
            _begun[attempt.Id] = attempt.Lease.Token;
        }

        Drop(attempt);
    }

    /// <summary>The store has heard of it.</summary>
    public void Returned(string id, long token) => _begun.TryRemove(new(id, token));

    /// <summary>Whether the code of a lease that is not held any more had begun here: it counts as started when it goes back after all.</summary>
    public bool HadBegun(string id, long token) => _begun.TryGetValue(id, out var known) && known == token;

    /// <summary>What is on its way back, to be taken before the store is asked for its leases.</summary>
    public IReadOnlyList<(string Id, long Token)> OnTheirWay => [.. _begun.Select(b => (b.Key, b.Value))];

    /// <summary>Forgets those that the store does not have on this silo's name any more: they came, or have lapsed.</summary>
    public void ForgetAllBut(IEnumerable<(string Id, LeaseLine Lease)> stored, IReadOnlyList<(string Id, long Token)> onTheirWay)
    {
        foreach (var (id, token) in onTheirWay.Except(stored.Select(s => (s.Id, s.Lease.Token))))
        {
            Returned(id, token);
        }
    }

    /// <summary>Gives leases back; their tasks keep their places, and nothing is counted.</summary>
    public void GiveBack(params IReadOnlyList<Attempt> attempts)
    {
        foreach (var attempt in attempts)
        {
            GiveBackAsync(attempt).Ignore();
        }
    }

    /// <summary>
    /// Gives a lease back that this silo had better not run: at once, the task would be leased to it again and again; after a pause
    /// another silo's demand comes first.
    /// </summary>
    public void GiveBackLater(Attempt attempt) => GiveBackLaterAsync(attempt).Ignore();

    /// <summary>Waits until no lease is held any more; false when the token fired first.</summary>
    public async Task<bool> AllEndedAsync(CancellationToken until)
    {
        while (!_held.IsEmpty)
        {
            try
            {
                await Task.WhenAll(_held.Values.Select(a => a.Ended)).WaitAsync(until).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return _held.IsEmpty;
            }
        }

        return true;
    }

    private async Task GiveBackLaterAsync(Attempt attempt)
    {
        await Task.Delay(TimeSpan.FromSeconds(2), time).ConfigureAwait(false);
        await GiveBackAsync(attempt).ConfigureAwait(false);
    }

    private async Task GiveBackAsync(Attempt attempt)
    {
        // Before the store hears of it: the task may be leased to this silo again before the answer is here.
        Return(attempt);
        try
        {
            await leases.HandBackAsync(attempt.Id, attempt.Lease.Token, attempt.HasBegun).ConfigureAwait(false);
            Returned(attempt.Id, attempt.Lease.Token);
            nudger.Nudge(attempt.Queue, TimeSpan.Zero);
        }
        catch (Exception e)
        {
            // Found by the next comparison with the store, as it is not held any more.
            LogNotGivenBack(attempt.Id, e.Message);
        }
    }

    [LoggerMessage(LogLevel.Debug, "The lease of task {TaskId} could not be given back yet: {Reason}")]
    private partial void LogNotGivenBack(string taskId, string reason);
}
