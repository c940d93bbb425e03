using System.Collections.Concurrent;

namespace TaskGrid.Faults;

/// <summary>
/// What a client knows of its own: what it asked for, what it was told, and how each task ended as far as it has heard. An attempt
/// that was neither acknowledged nor refused has an unknown outcome: its task may exist.
/// </summary>
internal sealed class Ledger
{
    private readonly ConcurrentDictionary<string, ConcurrentBag<string>> _byKey = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _attempted = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TimeSpan> _acknowledged = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TaskState> _otherEnds = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ConcurrentQueue<Seen>> _seen = new(StringComparer.Ordinal);

    /// <summary>All ids that were sent, answered or not.</summary>
    public IReadOnlyCollection<string> Attempted => [.. _attempted.Keys];

    /// <summary>The ids that the grid said yes to.</summary>
    public IReadOnlyCollection<string> Acknowledged => [.. _acknowledged.Keys];

    /// <summary>By idempotency key: the ids that were answered to it.</summary>
    public IEnumerable<(string Key, IReadOnlyCollection<string> Ids)> Answers => _byKey.Select(k => (k.Key, (IReadOnlyCollection<string>)[.. k.Value.Distinct()]));

    /// <summary>By task: what was seen of it, in order.</summary>
    public IEnumerable<(string Id, IReadOnlyList<Seen> Seen)> Histories => _seen.Select(s => (s.Key, (IReadOnlyList<Seen>)[.. s.Value]));

    /// <summary>A ledger of tasks that were all acknowledged.</summary>
    public static Ledger Of(IEnumerable<string> ids)
    {
        var ledger = new Ledger();
        foreach (var id in ids)
        {
            ledger.Attempt(id);
            ledger.Acknowledge(id);
        }

        return ledger;
    }

    /// <summary>Written before the request goes out.</summary>
    public void Attempt(string id) => _attempted[id] = true;

    /// <summary>The grid has said yes.</summary>
    /// <param name="id">The id that it named.</param>
    /// <param name="key">The idempotency key of the request, if it had one.</param>
    public void Acknowledge(string id, string? key = null)
    {
        _acknowledged.TryAdd(id, RealGrid.Now);
        if (key is not null)
        {
            // The id was minted by the grid.
            _attempted[id] = true;
            _byKey.GetOrAdd(key, _ => []).Add(id);
        }
    }

    /// <summary>How many ids the grid said yes to between two instants.</summary>
    public int AcknowledgedBetween(TimeSpan from, TimeSpan until) => _acknowledged.Count(a => a.Value > from && a.Value < until);

    /// <summary>The longest time between two instants in which the grid said yes to nothing.</summary>
    public TimeSpan LongestSilence(TimeSpan from, TimeSpan until)
    {
        TimeSpan[] instants = [from, .. _acknowledged.Values.Where(at => at > from && at < until).Order(), until];
        return instants.Zip(instants.Skip(1), (a, b) => b - a).Max();
    }

    /// <summary>How a task is to end, if not by success.</summary>
    public void Expect(string id, TaskState end) => _otherEnds[id] = end;

    /// <summary>How a task is to end: by success, unless it was said otherwise.</summary>
    public TaskState EndOf(string id) => _otherEnds.GetValueOrDefault(id, TaskState.Succeeded);

    /// <summary>The store itself has lost a task that it had answered for: nothing more is expected of it.</summary>
    /// <returns>When it had been acknowledged.</returns>
    public TimeSpan Lose(string id) => _acknowledged.Remove(id, out var at) ? at : throw new InvalidOperationException($"{id} was not acknowledged.");

    /// <summary>The grid has told a task's state.</summary>
    public void See(string id, Seen seen) => _seen.GetOrAdd(id, _ => []).Enqueue(seen);
}

/// <summary>A task's state as the grid told it.</summary>
/// <param name="State">The state.</param>
/// <param name="Token">The token of the run that its result is of, when it succeeded.</param>
/// <param name="Attempt">The attempt that it named.</param>
/// <param name="MaxAttempts">How many it allows.</param>
internal sealed record Seen(TaskState State, long? Token = null, int Attempt = 1, int MaxAttempts = 3);
