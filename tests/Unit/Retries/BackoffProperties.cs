using TaskGrid.Retries;

namespace TaskGrid.Unit.Retries;

/// <summary>How pauses behave, whatever the backoff; and that each law would notice a rule that breaks it.</summary>
public sealed class BackoffProperties
{
    private const double Millisecond = 1;

    /// <summary>The laws: of a backoff, the number of failed attempts, and the jitter, asked of a rule.</summary>
    private static readonly Dictionary<string, Func<Case, Rule, bool>> s_laws = new()
    {
        ["no pause is negative or longer than the longest"] = (c, rule) =>
            rule(c.Backoff, c.Failed, c.Jitter) is var pause && pause >= TimeSpan.Zero && pause <= Longest(c.Backoff),
        ["without jitter pauses never shrink"] = (c, rule) =>
            c.Backoff.Delays is not null || rule(Plain(c), c.Failed, c.Jitter) <= rule(Plain(c), c.Failed + 1, c.Jitter),
        ["without jitter the first pause is as given"] = (c, rule) =>
            rule(Plain(c), 1, c.Jitter) == (c.Backoff.Delays?[0] ?? c.Backoff.Delay),
        ["without jitter none is added"] = (c, rule) =>
            rule(Plain(c), c.Failed, 0) == rule(Plain(c), c.Failed, c.Jitter),
        ["with jitter the whole range is used, evenly"] = (c, rule) =>
            Math.Abs((c.Jitter * rule(Plain(c), c.Failed, 0).TotalMilliseconds) - rule(c.Backoff with { Jitter = true }, c.Failed, c.Jitter).TotalMilliseconds) <= Millisecond,
        ["an exponential pause is the one before times the factor"] = (c, rule) =>
            c.Backoff is not { Delays: null, Kind: BackoffKind.Exponential } || Follows(rule, c, before => before * c.Backoff.Factor),
        ["a linear pause is the one before and the first"] = (c, rule) =>
            c.Backoff is not { Delays: null, Kind: BackoffKind.Linear } || Follows(rule, c, before => before + c.Backoff.Delay.TotalMilliseconds),
        ["a fixed pause is the one before"] = (c, rule) =>
            c.Backoff is not { Delays: null, Kind: BackoffKind.Fixed } || Follows(rule, c, before => before),
        ["given pauses come in their order, and the last one repeats"] = (c, rule) =>
            c.Backoff.Delays is not { } delays || rule(Plain(c), c.Failed, c.Jitter) == (c.Failed < delays.Count ? delays[c.Failed - 1] : delays[^1]),
        ["pauses are whole milliseconds, as the store counts"] = (c, rule) =>
            rule(c.Backoff, c.Failed, c.Jitter).Ticks % TimeSpan.TicksPerMillisecond == 0,
    };

    private static readonly Dictionary<string, (string Law, Rule Rule)> s_mistakes = new()
    {
        ["the longest pause is forgotten"] = ("no pause is negative or longer than the longest",
            (b, failed, j) => After(b with { MaxDelay = b.MaxDelay * 2 }, failed, j)),
        ["far attempts overflow"] = ("without jitter pauses never shrink",
            (b, failed, j) => After(b, failed > 1000 ? 1 : failed, j)),
        ["the first pause is grown already"] = ("without jitter the first pause is as given",
            (b, failed, j) => After(b, failed + 1, j)),
        ["jitter cannot be turned off"] = ("without jitter none is added",
            (b, failed, j) => After(b with { Jitter = true }, failed, j)),
        ["jitter keeps half of the pause"] = ("with jitter the whole range is used, evenly",
            (b, failed, j) => After(b, failed, 0.5 + (j / 2))),
        ["jitter is small for most"] = ("with jitter the whole range is used, evenly",
            (b, failed, j) => After(b, failed, j * j)),
        ["exponential is linear"] = ("an exponential pause is the one before times the factor",
            (b, failed, j) => After(b.Kind == BackoffKind.Exponential ? b with { Kind = BackoffKind.Linear } : b, failed, j)),
        ["the factor is always 2"] = ("an exponential pause is the one before times the factor",
            (b, failed, j) => After(b with { Factor = 2 }, failed, j)),
        ["linear is exponential"] = ("a linear pause is the one before and the first",
            (b, failed, j) => After(b.Kind == BackoffKind.Linear ? b with { Kind = BackoffKind.Exponential } : b, failed, j)),
        ["fixed is linear"] = ("a fixed pause is the one before",
            (b, failed, j) => After(b.Kind == BackoffKind.Fixed ? b with { Kind = BackoffKind.Linear } : b, failed, j)),
        ["given pauses start over"] = ("given pauses come in their order, and the last one repeats",
            (b, failed, j) => After(b, b.Delays is { } delays ? ((failed - 1) % delays.Count) + 1 : failed, j)),
        ["fractions are kept"] = ("pauses are whole milliseconds, as the store counts",
            (b, failed, j) => b.Jitter ? After(b with { Jitter = false }, failed, 0) * j : After(b, failed, j)),
    };

    private delegate TimeSpan Rule(Backoff backoff, int failed, double jitter);

    public static TheoryData<string> Laws => [.. s_laws.Keys];

    public static TheoryData<string> Mistakes => [.. s_mistakes.Keys];

    [Theory]
    [MemberData(nameof(Laws))]
    public void After_AnyBackoff_KeepsTheLaw(string law) => Assert.Null(Counterexample(law, After));

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void After_WithAMistake_BreaksItsLaw(string mistake) => Assert.NotNull(Counterexample(s_mistakes[mistake].Law, s_mistakes[mistake].Rule));

    [Fact]
    public void Laws_EachOfThem_NoticesSomeMistake() => Assert.Equal(s_laws.Keys.Order(), s_mistakes.Values.Select(m => m.Law).Distinct().Order());

    private static TimeSpan After(Backoff backoff, int failed, double jitter) => BackoffDelay.After(backoff, failed, jitter);

    private static string? Counterexample(string law, Rule rule) => Property.Counterexample(Make, c => s_laws[law](c, rule));

    private static Case Make(Random random)
    {
        var delay = random.One(TimeSpan.Zero, random.Span(TimeSpan.FromHours(1)));
        var backoff = new Backoff
        {
            Kind = (BackoffKind)random.Next(3),
            Delay = delay,
            MaxDelay = delay + random.One(TimeSpan.Zero, random.Span(TimeSpan.FromDays(300))),
            Factor = random.One(1, 2, 100, 1 + (random.NextDouble() * 99)),
            Jitter = random.Next(2) == 0,
            Delays = random.Next(4) == 0 ? [.. Enumerable.Range(0, random.Next(1, 8)).Select(_ => random.Span(TimeSpan.FromDays(3650)))] : null,
        };
        return new(backoff, random.One(1, random.Next(1, 10), random.Next(1, 2000), random.Next(1, int.MaxValue)), random.One(0, random.NextDouble(), Math.BitDecrement(1)));
    }

    private static Backoff Plain(Case c) => c.Backoff with { Jitter = false };

    private static TimeSpan Longest(Backoff backoff) => backoff.Delays?.Max() ?? backoff.MaxDelay;

    // The one before was cut to a whole millisecond, which the factor makes more of.
    private static bool Follows(Rule rule, Case c, Func<double, double> next)
    {
        var longest = c.Backoff.MaxDelay.TotalMilliseconds;
        var before = rule(Plain(c), c.Failed, 0).TotalMilliseconds;
        var after = rule(Plain(c), c.Failed + 1, 0).TotalMilliseconds;
        return after >= Math.Min(longest, next(before)) - Millisecond && after <= Math.Min(longest, next(before + Millisecond));
    }

    private sealed record Case(Backoff Backoff, int Failed, double Jitter);
}
