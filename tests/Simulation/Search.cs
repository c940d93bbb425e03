namespace TaskGrid.Simulation;

/// <summary>Runs many histories, one at a time on each core.</summary>
internal static class Search
{
    /// <summary>The broken history with the lowest seed, as a text to work from; <c>null</c> when none is broken.</summary>
    public static string? First(int from, int histories, PlantedBug bug, out long events)
    {
        var (next, broken, total) = (from - 1, int.MaxValue, 0L);
        var threads = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Thread(Work)).ToList();
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());
        events = total;
        if (broken == int.MaxValue)
        {
            return null;
        }

        var history = History.Run(broken, bug, tells: true);
        return $"History {broken} is broken: {history.Broken}\nTASKGRID_SIMULATION_SEED={broken} tells it again.\n{string.Join('\n', history.Lines)}";

        void Work()
        {
            var mine = 0L;
            for (var seed = Interlocked.Increment(ref next); seed < from + histories && seed < Volatile.Read(ref broken); seed = Interlocked.Increment(ref next))
            {
                var history = History.Run(seed, bug);
                mine += history.Events;
                for (var known = Volatile.Read(ref broken); history.Broken is not null && seed < known; known = Volatile.Read(ref broken))
                {
                    Interlocked.CompareExchange(ref broken, seed, known);
                }
            }

            Interlocked.Add(ref total, mine);
        }
    }
}
