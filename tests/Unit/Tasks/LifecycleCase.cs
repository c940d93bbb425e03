namespace TaskGrid.Tasks;

/// <summary>What the lifecycle decides by.</summary>
internal sealed record LifecycleCase(AttemptOutcome Outcome, TaskSettings Settings, int Attempt, double Jitter)
{
    private static readonly string[] s_types = ["A", "B", "C", "D"];

    public int MaxAttempts => Settings.MaxAttempts ?? 3;

    public bool IsLast => Attempt >= MaxAttempts;

    /// <summary>Any case; the corners of each setting come often.</summary>
    public static LifecycleCase Make(Random random)
    {
        var settings = new TaskSettings
        {
            MaxAttempts = random.One<int?>(null, 1, 2, 10, random.Next(1, 1_000_000), TaskSettings.Forever, TaskSettings.Forever),
            Backoff = random.One(null, MakeBackoff(random)),
            RetryOn = random.One(null, Some(random)),
            NeverRetryOn = random.One(null, Some(random)),
            Delivery = random.One<Delivery?>(null, Delivery.AtLeastOnce, Delivery.AtMostOnce),
            IgnoreResult = random.One<bool?>(null, false, true),
        };
        var max = settings.MaxAttempts ?? 3;
        var attempt = random.One(1, 2, max - 1, max, (int)Math.Min(max + 1L, int.MaxValue - 1), random.Next(1, 1_000_001), random.Next(1, int.MaxValue));
        return new(MakeOutcome(random), settings, Math.Clamp(attempt, 1, int.MaxValue - 1), random.One(0, random.NextDouble()));
    }

    public override string ToString() =>
        $"{Outcome}, types {List((Outcome as AttemptOutcome.Failed)?.Types)}, attempt {Attempt}, jitter {Jitter}, "
        + $"{Settings}, RetryOn {List(Settings.RetryOn)}, NeverRetryOn {List(Settings.NeverRetryOn)}";

    private static AttemptOutcome MakeOutcome(Random random) => random.Next(8) switch
    {
        0 => new AttemptOutcome.Succeeded(JsonText.From(random.Next())),
        1 => new AttemptOutcome.Cancelled(random.One("requested", "expired", "obsolete")),
        2 => new AttemptOutcome.Snoozed(random.Span(SettingsRules.Longest)),
        3 => new AttemptOutcome.Rejected(),
        4 => new AttemptOutcome.Interrupted(),
        _ => new AttemptOutcome.Failed(
            new($"Error{random.Next(1000)}", "broken"),
            Permanent: random.Next(4) == 0,
            random.One(null, Some(random)),
            random.One<TimeSpan?>(null, null, TimeSpan.Zero, random.Span(SettingsRules.Longest))),
    };

    private static Backoff MakeBackoff(Random random) => new()
    {
        Kind = (BackoffKind)random.Next(3),
        Delay = random.Span(TimeSpan.FromMinutes(1)),
        MaxDelay = TimeSpan.FromMinutes(1) + random.Span(TimeSpan.FromDays(300)),
        Jitter = random.Next(2) == 0,
    };

    private static List<string> Some(Random random) => [.. s_types.Where(_ => random.Next(3) == 0)];

    private static string List(IReadOnlyList<string>? words) => words is null ? "none" : $"[{string.Join(' ', words)}]";
}
