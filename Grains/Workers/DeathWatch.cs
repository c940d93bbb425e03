namespace TaskGrid.Workers;

/// <summary>
/// Decides which silos are dead, from what a silo sees with each of its own beats. Pure. A silo counts as dead when its beat
/// has stood still for 6 s in which the judge's own beats got through, so that a store that does not answer kills nobody.
/// </summary>
internal sealed class DeathWatch
{
    private static readonly TimeSpan s_lifetime = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan s_longestGap = TimeSpan.FromSeconds(2.5);

    private readonly Dictionary<string, (string Beat, TimeSpan Since)> _seen = new(StringComparer.Ordinal);
    private TimeSpan? _last;

    /// <summary>Takes in the beats that came back with an own beat.</summary>
    /// <param name="at">Monotonic time of the own beat's answer.</param>
    /// <param name="beats">The last beat of each silo.</param>
    /// <param name="self">The judge, which is never judged.</param>
    /// <returns>The silos that are dead, with the beat that was seen last.</returns>
    public IReadOnlyList<(string Silo, string Beat)> Observe(TimeSpan at, IReadOnlyDictionary<string, string> beats, string self)
    {
        if (_last is { } last && at - last > s_longestGap)
        {
            // The own beats did not get through: what was seen before says nothing about the others.
            Forget();
        }

        _last = at;
        foreach (var gone in _seen.Keys.Where(s => !beats.ContainsKey(s)).ToList())
        {
            _seen.Remove(gone);
        }

        var dead = new List<(string, string)>();
        foreach (var (silo, beat) in beats)
        {
            if (!_seen.TryGetValue(silo, out var seen) || seen.Beat != beat)
            {
                _seen[silo] = (beat, at);
            }
            else if (silo != self && at - seen.Since >= s_lifetime)
            {
                dead.Add((silo, beat));
            }
        }

        return dead;
    }

    /// <summary>Begins anew: what was seen so far says nothing about the others.</summary>
    public void Forget() => _seen.Clear();
}
