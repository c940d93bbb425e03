namespace TaskGrid.Store.Model;

/// <summary>The rules of leases and of the ends of attempts.</summary>
internal sealed partial class GridModel
{
    // By silo: the queues whose suspects wait until it has run another one, in their order.
    private Dictionary<string, List<string>> _trialLines = [];

    // By silo: the queue that may have the next suspect, and until when no other one may.
    private Dictionary<string, (string Queue, long Until)> _turns = [];

    /// <summary>What an attempt came to: S, F, C, R for another one or Z for a snooze. A stale token is <c>null</c>; the last one is told what it was told.</summary>
    public char? Finish(string id, long token, char outcome, long delay = 0)
    {
        if (Tasks.GetValueOrDefault(id) is not { } task || task.Token != token)
        {
            return Tasks.GetValueOrDefault(id) is { } ended && ended.Applied == token ? ended.Code : null;
        }

        EndLease(task);
        var since = Math.Max(task.Created, task.Due);
        task.Applied = token;
        task.Crashes = 0;
        task.Attempt += outcome == 'Z' ? 0 : 1;
        if (task.CancelRequested && outcome != 'S')
        {
            task.Ended = 'C';
        }
        else if (outcome is not ('R' or 'Z'))
        {
            task.Ended = outcome;
        }
        else if (task.Deadline > 0 && Now + delay >= task.Deadline)
        {
            task.Ended = 'F';
        }
        else
        {
            task.Due = Now + delay;
            task.Retries |= outcome == 'R';
            task.Started |= outcome == 'Z';
        }

        if (task.Ended is 'S' or 'F' || (task.Ended is null && outcome == 'R'))
        {
            Measure(since, Math.Min(task.StartsAt, Now));
        }

        return task.Code;
    }

    /// <summary>A lease goes back: nothing is counted, and the task keeps its place.</summary>
    public bool HandBack(string id, long token, bool begun)
    {
        if (Tasks.GetValueOrDefault(id) is not { } task || task.Token != token)
        {
            return false;
        }

        EndLease(task);
        task.Started |= begun;
        if (!begun)
        {
            ReturnStarts(task);
        }

        task.Ended = task.CancelRequested ? 'C' : null;
        return true;
    }

    /// <summary>The code of a task that is written first is about to begin.</summary>
    public bool Begin(string id, long token)
    {
        if (Tasks.GetValueOrDefault(id) is not { } task || task.Token != token || IsDead(task.Silo) || task.CancelRequested)
        {
            return false;
        }

        task.Begun = true;
        return true;
    }

    /// <summary>The lease of a dead silo ends; what has become of the task, or <c>null</c> when that is not so.</summary>
    public char? Lapse(string id, long token, int crashLimit)
    {
        if (Tasks.GetValueOrDefault(id) is not { } task || task.Token != token || !IsDead(task.Silo))
        {
            return null;
        }

        EndLease(task);
        task.Started |= task.Begun;
        task.Crashes += task.Begun ? 1 : 0;
        if (task.CancelRequested)
        {
            task.Ended = 'C';
        }
        else if ((task.Begun && task.AtMostOnce) || task.Crashes >= crashLimit)
        {
            task.Attempt++;
            task.Ended = 'F';
        }

        return task.Code;
    }

    /// <summary>Cancels at once what waits, and marks what runs; the silo that runs it.</summary>
    public (CancelOutcome Outcome, string? Silo) Cancel(string id)
    {
        if (Tasks.GetValueOrDefault(id) is not { } task)
        {
            return (CancelOutcome.NotFound, null);
        }

        if (task.Ended is not null)
        {
            return (CancelOutcome.AlreadyFinished, null);
        }

        if (task.Token is not null)
        {
            task.CancelRequested = true;
            return (CancelOutcome.Requested, task.Silo);
        }

        task.Ended = 'C';
        return (CancelOutcome.Cancelled, null);
    }

    /// <summary>After the store has lost writes: the lease of an attempt that runs, as its silo has it; false when the task has moved on.</summary>
    public bool Reoffer(string id, long token, string silo, long startsAt, bool begun, bool cancelRequested, IEnumerable<string> permits)
    {
        if (Tasks.GetValueOrDefault(id) is not { } task || task.Token is not null || task.Ended is not null || task.Issued >= token)
        {
            return Tasks.GetValueOrDefault(id)?.Token == token;
        }

        (task.Token, task.Silo, task.Begun, task.IsTrial, task.CancelRequested) = (token, silo, begun, task.IsSuspect && !HasTrial(silo), cancelRequested);
        task.StartsAt = startsAt;
        // They are for the queue that the task is in by what the store knows: it may have been moved before it was leased.
        var offered = permits.Select(p => p.Split(' ')[0] switch
        {
            "queue" => $"queue {task.Queue}",
            "name" => $"name {task.Queue} {task.Name}",
            "key" => $"key {task.Queue} {task.Key}",
            _ => p,
        });
        // And the limits that hold by what the store knows hold for it.
        task.Permits = [.. offered.Union(LimitsOf(task).Where(l => l.Limits.Concurrency is not null).Select(l => l.Scope)).Union(task.Key is { } key ? [$"key {task.Queue} {key}"] : [])];
        Beats.TryAdd(silo, $"{Now} {Unregistered}");
        return true;
    }

    private void Grant(ModelTask task, string silo)
    {
        task.Token = Math.Max(task.Issued + 1, Now * 1024);
        (task.Silo, task.CancelRequested, task.IsTrial) = (silo, false, task.IsSuspect);
        if (task.IsTrial)
        {
            _trialLines.GetValueOrDefault(silo)?.Remove(task.Queue);
            _turns.Remove(silo);
        }

        // A suspect's beginning is written by itself, as is that of what may not begin twice.
        task.Begun = task.Crashes == 0 && !task.AtMostOnce;
    }

    private void EndLease(ModelTask task)
    {
        if (task.IsTrial && NextTrialOf(task.Silo, task.Queue) is { } next)
        {
            _turns[task.Silo] = (next, Now + 2000);
        }

        (task.Issued, task.Token, task.IsTrial) = (task.Token!.Value, null, false);
        task.Permits = [];
    }

    /// <summary>The queue whose turn it is at a silo that runs no suspect, if it was told so in this moment.</summary>
    public string? TurnGivenNow(string silo) => _turns.TryGetValue(silo, out var turn) && turn.Until == Now + 2000 ? turn.Queue : null;

    /// <summary>A suspect of a queue has ended at a silo: the queue whose turn it is, if any waits.</summary>
    private string? NextTrialOf(string silo, string ended)
    {
        var line = _trialLines.GetValueOrDefault(silo) ?? [];
        var queue = line.FirstOrDefault(q => q != ended) ?? line.FirstOrDefault();
        line.Remove(queue!);
        return queue;
    }

    private void WaitForTrial(string silo, string queue)
    {
        var line = _trialLines.TryGetValue(silo, out var known) ? known : _trialLines[silo] = [];
        if (!line.Contains(queue))
        {
            line.Add(queue);
        }
    }

    private bool HasTrial(string silo) => Tasks.Values.Any(t => t.IsTrial && t.Silo == silo);
}
