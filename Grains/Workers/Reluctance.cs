using System.Collections.Concurrent;

namespace TaskGrid.Workers;

/// <summary>
/// Which tasks this silo leaves to others for a while: those whose earlier code still runs here, and those that a handler gave back
/// here. A few times only, since it may be the only one that can run them. Pure.
/// </summary>
internal sealed class Reluctance
{
    private const int MaxPasses = 3;
    private const int MaxRemembered = 1000;

    private readonly ConcurrentDictionary<string, int> _passes = new(StringComparer.Ordinal);

    /// <summary>A handler gave the task back here: another silo is asked once.</summary>
    public void AfterRejection(string id)
    {
        if (_passes.Count >= MaxRemembered)
        {
            // Being forgotten costs a task no more than one more try here.
            _passes.Clear();
        }

        _passes[id] = MaxPasses - 1;
    }

    /// <summary>Whether a lease of the task is to be passed on.</summary>
    /// <param name="id">The task.</param>
    /// <param name="codeStillRuns">Whether code of an earlier attempt still runs here.</param>
    public bool PassesOn(string id, bool codeStillRuns)
    {
        if (!codeStillRuns && !_passes.ContainsKey(id))
        {
            return false;
        }

        if (_passes.AddOrUpdate(id, 1, static (_, passes) => passes + 1) <= MaxPasses)
        {
            return true;
        }

        _passes.TryRemove(id, out _);
        return false;
    }

    /// <summary>There is no reason any more to leave the task to others.</summary>
    public void Forget(string id) => _passes.TryRemove(id, out _);
}
