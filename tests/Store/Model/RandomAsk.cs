namespace TaskGrid.Store.Model;

/// <summary>What the callers of a random run ask for.</summary>
internal sealed class RandomAsk(int seed)
{
    private readonly Random _random = new(seed + 1000);

    public static string[] Keys { get; } = ["x", "y:1", "z"];

    public Limits SomeLimits(int most) => _random.Next(3) switch
    {
        0 => new(_random.Next(1, most + 1)),
        1 => new(Rate: Rate()),
        _ => new(_random.Next(1, most + 1), Rate()),
    };

    /// <summary>Keys are used by one mode each, and not again once all was cleared away: a throttle would go on for a day.</summary>
    public Deduplication SomeDeduplication(int clearings)
    {
        var key = $"{Keys[_random.Next(Keys.Length)]} {clearings}";
        return _random.Next(4) switch
        {
            0 => Deduplication.Unique($"u {key}"),
            1 => Deduplication.Throttle($"t {key}", TimeSpan.FromDays(1)),
            2 => Deduplication.Debounce($"d {key}", TimeSpan.FromMilliseconds(_random.Next(1, 1500))),
            _ => Deduplication.KeepLast($"l {key}"),
        };
    }

    public T? Maybe<T>(Func<T> make)
        where T : class => _random.Next(2) == 0 ? make() : null;

    // Intervals are whole, so that both sides compute with them alike.
    private RateLimit Rate() => new(1 << _random.Next(3), TimeSpan.FromSeconds(1), _random.Next(1, 4));
}
