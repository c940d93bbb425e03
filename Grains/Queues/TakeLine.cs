namespace TaskGrid.Queues;

/// <summary>A worker's demand that has not been answered yet.</summary>
internal sealed class Taker(TakeRequest request)
{
    public TakeRequest Request { get; } = request;

    public TaskCompletionSource<TakeReply> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Set when what is ready is nothing that this worker can run now.</summary>
    public bool CannotServe { get; set; }

    /// <summary>Set when its hold is over while it is being served: it must not go back to the line.</summary>
    public bool IsExpired { get; set; }
}

/// <summary>
/// The demands that wait at a dispatcher. The worker that can begin most at once is served first, so work balances itself; among
/// equals the one that has waited longest. Only when nobody can begin anything at once does it count how much they look ahead: that is
/// a silo's past, by which a new one would never get any of a trickle. Pure: the dispatcher's turns guard it.
/// </summary>
internal sealed class TakeLine
{
    private readonly Dictionary<string, (long Sequence, Taker Taker)> _latest = new(StringComparer.Ordinal);
    private readonly LinkedList<Taker> _waiting = [];

    public bool IsEmpty => _waiting.Count == 0;

    /// <summary>Queues a demand; a repeated one is the one it repeats, an outdated one is <c>null</c>.</summary>
    public Taker? Add(TakeRequest request)
    {
        if (_latest.TryGetValue(request.Worker, out var last))
        {
            if (request.Sequence == last.Sequence)
            {
                return last.Taker;
            }

            if (request.Sequence < last.Sequence)
            {
                return null;
            }

            // The worker has given up its former call, or takes back what it asked for by it. One that is being served gets what has been leased for it.
            if (Remove(last.Taker))
            {
                last.Taker.Answer.TrySetResult(TakeReply.Empty);
            }
        }

        var taker = new Taker(request);
        _latest[request.Worker] = (request.Sequence, taker);
        _waiting.AddLast(taker);
        return taker;
    }

    /// <summary>The demand to serve next, which stays in the line until it is removed; <c>null</c> when none can be served.</summary>
    public Taker? Next()
    {
        Taker? best = null;
        foreach (var taker in _waiting)
        {
            if (!taker.CannotServe && (best is null || ComesBefore(taker.Request, best.Request)))
            {
                best = taker;
            }
        }

        return best;
    }

    public bool Remove(Taker taker) => _waiting.Remove(taker);

    /// <summary>Returns a demand that could not be served to the line, unless its worker has asked anew or its hold is over.</summary>
    public void PutBack(Taker taker)
    {
        if (!taker.IsExpired && _latest.TryGetValue(taker.Request.Worker, out var last) && last.Taker == taker)
        {
            _waiting.AddFirst(taker);
        }
        else
        {
            taker.Answer.TrySetResult(TakeReply.Empty);
        }
    }

    /// <summary>Lets every demand be tried again: something new may be ready.</summary>
    public void Revive()
    {
        foreach (var taker in _waiting)
        {
            taker.CannotServe = false;
        }
    }

    /// <summary>Whether a demand of this silo is in the line.</summary>
    public bool IsWaiting(string siloAddress) =>
        _waiting.Any(t => t.Request.Worker.AsSpan(0, t.Request.Worker.LastIndexOf('~')).SequenceEqual(siloAddress));

    /// <summary>Drops a worker that will not come back.</summary>
    public void Forget(string worker) => _latest.Remove(worker);

    public IReadOnlyList<Taker> DrainAll()
    {
        Taker[] all = [.. _waiting];
        _waiting.Clear();
        return all;
    }

    private static bool ComesBefore(TakeRequest later, TakeRequest earlier) =>
        later.Idle != earlier.Idle ? later.Idle > earlier.Idle : later.Idle == 0 && later.Max > earlier.Max;
}
