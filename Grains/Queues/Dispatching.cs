using TaskGrid.Storage;

namespace TaskGrid.Queues;

/// <summary>What a dispatcher has to do after the store has answered a lease; its workers have their answers by then.</summary>
/// <param name="Retires">Another activation has taken over: nothing is leased any more.</param>
/// <param name="LookAgainIn">Until the queue has to be looked at again; <c>null</c> when nothing comes by itself.</param>
/// <param name="WakesWorkers">There is more than the waiting demands can take.</param>
internal readonly record struct AfterLease(bool Retires = false, TimeSpan? LookAgainIn = null, bool WakesWorkers = false);

/// <summary>
/// What a dispatcher decides: whom it serves next, and what follows from the store's answer. It begins with asking the store, and
/// knows nothing that it could not ask again. Pure: the dispatcher's turns guard it.
/// </summary>
internal sealed class Dispatching
{
    private readonly TakeLine _line = new();
    private TaskCompletionSource? _look;
    private bool _mayHaveWork = true;
    private int _arrivals;
    private int _arrivalsAtTurn;

    public bool IsRetired { get; private set; }

    /// <summary>The demands that wait.</summary>
    public TakeLine Line => _line;

    /// <summary>Takes a demand in; <c>null</c> when there is nothing to wait for.</summary>
    public Taker? Add(TakeRequest request)
    {
        if (IsRetired || _line.Add(request) is not { } taker)
        {
            return null;
        }

        if (request.Max > 0)
        {
            return taker;
        }

        // The worker takes nothing more: its demand before this one has been answered by now, or gets what is being leased for it.
        _line.Remove(taker);
        taker.Answer.TrySetResult(TakeReply.Empty);
        return null;
    }

    /// <summary>A demand has waited for as long as it may. One that is being served at this moment gets the answer to that.</summary>
    public void EndHold(Taker taker)
    {
        if (_line.Remove(taker))
        {
            taker.Answer.TrySetResult(TakeReply.Empty);
        }
        else
        {
            taker.IsExpired = true;
        }
    }

    /// <summary>Completes when the store has been looked at once more, or when there will be no more looks.</summary>
    public Task NextLook => IsRetired ? Task.CompletedTask : (_look ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>Something may be ready that was not before.</summary>
    public void WorkArrived()
    {
        _arrivals++;
        _mayHaveWork = true;
        _line.Revive();
    }

    /// <summary>The demand to lease for now, out of the line; <c>null</c> when there is none, or nothing to lease.</summary>
    public Taker? Next()
    {
        if (!_mayHaveWork || IsRetired || _line.Next() is not { } taker)
        {
            return null;
        }

        _mayHaveWork = false;
        _arrivalsAtTurn = _arrivals;
        _line.Remove(taker);
        return taker;
    }

    /// <summary>Answers the demand that was leased for, or puts it back into the line.</summary>
    public AfterLease After(Taker taker, LeaseReply reply)
    {
        EndLook();
        switch (reply.Status)
        {
            case LeaseStatus.Superseded:
                taker.Answer.TrySetResult(TakeReply.Empty);
                return new(Retires: true);
            case LeaseStatus.DeadSilo:
                _line.Forget(taker.Request.Worker);
                taker.Answer.TrySetResult(new([], WorkerIsDead: true));
                _mayHaveWork = true;
                return default;
            case LeaseStatus.Paused:
                _line.PutBack(taker);
                return default;
        }

        if (reply.Leases.Count > 0)
        {
            taker.Answer.TrySetResult(new(reply.Leases, false));
            _mayHaveWork |= reply.More;
        }
        else if (reply.NeedsSlot)
        {
            // It asks again when a slot has become free; another worker may have one now.
            taker.Answer.TrySetResult(new([], false, NeedsSlot: true));
            _mayHaveWork = true;
        }
        else
        {
            // What is ready, if anything, is nothing for this worker; another one may take it.
            taker.CannotServe = reply.More && _arrivals == _arrivalsAtTurn;
            _line.PutBack(taker);
            _mayHaveWork |= reply.More;
        }

        return new(LookAgainIn: reply.LookAgainIn, WakesWorkers: reply.More && _line.IsEmpty);
    }

    /// <summary>It leases no more: whoever waits asks the dispatcher that comes next.</summary>
    public void Retire()
    {
        IsRetired = true;
        EndLook();
        foreach (var taker in _line.DrainAll())
        {
            taker.Answer.TrySetResult(TakeReply.Empty);
        }
    }

    private void EndLook()
    {
        _look?.TrySetResult();
        _look = null;
    }
}
