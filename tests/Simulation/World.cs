using System.Runtime.CompilerServices;

namespace TaskGrid.Simulation;

/// <summary>
/// One history: a clock that only events move, what is to happen, and one source of randomness. All of it on one thread, so that a
/// seed says everything.
/// </summary>
internal sealed class World(int seed, PlantedBug bug, bool tells)
{
    /// <summary>Begins what is said when not the engine is at fault.</summary>
    public const string Failed = "The simulation failed";

    // So many fit below an instant in an event's rank.
    private const int SequenceBits = 20;

    private readonly PriorityQueue<Action, long> _events = new();
    private readonly List<string> _lines = [];
    private long _sequence;

    public int Seed => seed;

    public Random Random { get; } = new(seed);

    /// <summary>What has been added since: it has a chance of its own, so that the histories that have none of it are what they were.</summary>
    public Random Later { get; } = new(seed ^ 0x5eed);

    /// <summary>Microseconds since the history began.</summary>
    public long Now { get; private set; }

    public int Events { get; private set; }

    /// <summary>Of all that has happened: two histories with the same one are the same.</summary>
    public ulong Hash { get; private set; } = 14695981039346656037;

    /// <summary>What was broken first, if anything was.</summary>
    public string? Broken { get; private set; }

    /// <summary>Whether the history is written down.</summary>
    public bool Tells => tells;

    public IReadOnlyList<string> Lines => _lines;

    /// <summary>The store's clock, Unix milliseconds.</summary>
    public long StoreNow => 1_800_000_000_000 + (Now / 1000);

    public bool Has(PlantedBug planted) => bug == planted;

    public void After(double milliseconds, Action action) =>
        _events.Enqueue(action, ((Now + Math.Max(0, (long)(milliseconds * 1000))) << SequenceBits) | (++_sequence & ((1 << SequenceBits) - 1)));

    public bool Chance(double probability) => probability > 0 && Random.NextDouble() < probability;

    public double Between(double least, double most) => least + (Random.NextDouble() * (most - least));

    public T One<T>(IReadOnlyList<T> of) => of[Random.Next(of.Count)];

    /// <summary>Lets things happen until something is so, or time is over; false when it was not so.</summary>
    public bool Run(Func<bool> until, double milliseconds)
    {
        var end = Now + (long)(milliseconds * 1000);
        while (Broken is null && !until())
        {
            if (!_events.TryPeek(out var action, out var rank) || rank >> SequenceBits > end || Events >= 1 << SequenceBits)
            {
                return false;
            }

            _events.Dequeue();
            Now = rank >> SequenceBits;
            Events++;
            Mix((ulong)Now);
            action();
        }

        return Broken is null;
    }

    public void Break(string what)
    {
        if (Broken is null)
        {
            Broken = what;
            Tell($"BROKEN: {what}");
        }
    }

    /// <summary>Begins something that goes on by events; what goes wrong in it is not lost.</summary>
    public async void Begin(Func<Task> something)
    {
        try
        {
            await something();
        }
        catch (Exception e)
        {
            Break($"{Failed}: {e}");
        }
    }

    /// <summary>Adds a line to the history, if it is written down.</summary>
    public void Tell([InterpolatedStringHandlerArgument("")] ref HistoryLine line)
    {
        if (tells)
        {
            _lines.Add($"{Now / 1_000_000d,10:0.000000} {line.ToText()}");
        }
    }

    private void Mix(ulong value) => Hash = (Hash ^ value) * 1099511628211;
}

/// <summary>A line of a history, which costs nothing where none is written.</summary>
[InterpolatedStringHandler]
internal ref struct HistoryLine
{
    private DefaultInterpolatedStringHandler _text;

    public HistoryLine(int literalLength, int formattedCount, World world, out bool tells)
    {
        tells = world.Tells;
        _text = tells ? new(literalLength, formattedCount) : default;
    }

    public void AppendLiteral(string text) => _text.AppendLiteral(text);

    public void AppendFormatted<T>(T value, string? format = null) => _text.AppendFormatted(value, format);

    public string ToText() => _text.ToStringAndClear();
}
