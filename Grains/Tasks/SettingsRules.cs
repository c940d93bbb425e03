namespace TaskGrid.Tasks;

/// <summary>A setting that is out of its bounds.</summary>
/// <param name="Setting">Its name.</param>
/// <param name="Value">As it was given.</param>
/// <param name="Advice">What to use instead.</param>
internal sealed record BrokenSetting(string Setting, object? Value, string Advice)
{
    /// <summary>The code that refuses a submit with it.</summary>
    public string Code => Setting switch
    {
        nameof(TaskSettings.Priority) => ErrorCodes.InvalidPriority,
        nameof(TaskSettings.MaxAttempts) => ErrorCodes.InvalidMaxAttempts,
        _ => ErrorCodes.InvalidOption,
    };

    /// <summary>The member of a request that it is.</summary>
    public string Field => string.Join('.', Setting.Split('.').Select(part => char.ToLowerInvariant(part[0]) + part[1..]));

    public override string ToString() => FormattableString.Invariant($"{Setting} is {Value}; use {Advice}.");
}

/// <summary>The bounds of every setting, wherever it was given. Pure.</summary>
internal static class SettingsRules
{
    public static readonly TimeSpan Longest = TimeSpan.FromDays(3650);
    private static readonly TimeSpan s_shortest = TimeSpan.FromMilliseconds(1);

    /// <summary>The first setting out of bounds, or <c>null</c>.</summary>
    public static BrokenSetting? Check(TaskSettings s) => s switch
    {
        { Priority: < 0 or > 9 } => new(nameof(s.Priority), s.Priority, "0 to 9, where 9 is taken first"),
        { MaxAttempts: < 1 or (> 1_000_000 and < TaskSettings.Forever) } => new(nameof(s.MaxAttempts), s.MaxAttempts, "1 (no retry) to 1000000, or forever"),
        { ConcurrencyLimit: < 1 or > 10_000 } => new(nameof(s.ConcurrencyLimit), s.ConcurrencyLimit, "1 to 10000"),
        { MaxResultBytes: < 0 or > 64 * 1024 * 1024 } => new(nameof(s.MaxResultBytes), s.MaxResultBytes, "0 to 67108864 bytes"),
        { SoftTimeLimit: { } soft, TimeLimit: { } hard } when soft >= hard => new(nameof(s.SoftTimeLimit), soft, $"less than TimeLimit ({hard})"),
        _ => CheckBackoff(s.Backoff)
            ?? CheckTypes(nameof(s.RetryOn), s.RetryOn) ?? CheckTypes(nameof(s.NeverRetryOn), s.NeverRetryOn)
            ?? CheckSpan(nameof(s.ExpiresAfter), s.ExpiresAfter, s_shortest) ?? CheckSpan(nameof(s.DeadlineAfter), s.DeadlineAfter, s_shortest)
            ?? CheckSpan(nameof(s.SoftTimeLimit), s.SoftTimeLimit, s_shortest) ?? CheckSpan(nameof(s.TimeLimit), s.TimeLimit, s_shortest)
            ?? CheckSpan(nameof(s.HeartbeatTimeout), s.HeartbeatTimeout, TimeSpan.FromSeconds(1))
            ?? CheckSpan(nameof(s.CancelTimeout), s.CancelTimeout, TimeSpan.Zero)
            ?? CheckSpan(nameof(s.KeepSucceeded), s.KeepSucceeded, TimeSpan.FromMinutes(1)) ?? CheckSpan(nameof(s.KeepFailed), s.KeepFailed, TimeSpan.FromMinutes(1))
            ?? CheckSpan(nameof(s.KeepCancelled), s.KeepCancelled, TimeSpan.FromMinutes(1)),
    };

    public static BrokenSetting? CheckTags(IReadOnlyList<string>? tags)
    {
        const string Advice = "at most 20 tags of 1 to 100 characters without spaces and commas";
        return tags is null ? null
            : tags.Count > 20 ? new("Tags", $"a list of {tags.Count}", Advice)
            : tags.FirstOrDefault(t => !IsText(t, 100) || t.AsSpan().ContainsAny(' ', ',')) is { } bad ? new("Tags", $"'{bad}'", Advice) : null;
    }

    public static BrokenSetting? CheckLimit(string name, int? concurrency, RateLimit? rate) => (concurrency, rate) switch
    {
        ( < 1 or > 100_000, _) => new(name, concurrency, "1 to 100000"),
        (_, { Count: < 1 or > 1_000_000 } or { Burst: < 1 or > 1_000_000 }) => new("RateLimit", rate, "a count and a burst of 1 to 1000000"),
        (_, { } r) when r.Period < TimeSpan.FromSeconds(1) || r.Period > TimeSpan.FromDays(1) => new("RateLimit", rate, "a period of 1 s to 1 day"),
        _ => null,
    };

    /// <summary>Text that a person may have typed: no control characters, no lone surrogates, not longer than said.</summary>
    public static bool IsText(string? text, int longest) =>
        text is { Length: > 0 } && text.Length <= longest && !text.Any(char.IsControl) && text.EnumerateRunes().All(r => r != System.Text.Rune.ReplacementChar);

    private static BrokenSetting? CheckBackoff(Backoff? backoff) => backoff switch
    {
        null => null,
        { Delays: { } delays } when delays.Count is 0 or > 100 || delays.Any(d => d < TimeSpan.Zero || d > Longest) =>
            new("Backoff", $"a list of {delays.Count} delays", "1 to 100 delays from 0 to 10 years"),
        { Delays: not null } => null,
        _ when backoff.Delay < TimeSpan.Zero => new("Backoff.Delay", backoff.Delay, "zero or more"),
        _ when backoff.MaxDelay < backoff.Delay => new("Backoff.MaxDelay", backoff.MaxDelay, $"at least Backoff.Delay ({backoff.Delay})"),
        _ when backoff.MaxDelay > TimeSpan.FromDays(365) => new("Backoff.MaxDelay", backoff.MaxDelay, "at most 365 days"),
        { Factor: < 1 or > 100 or double.NaN } => new("Backoff.Factor", backoff.Factor, "1 to 100"),
        _ => null,
    };

    private static BrokenSetting? CheckTypes(string name, IReadOnlyList<string>? types) =>
        types is { Count: > 50 } || types?.Any(t => !IsText(t, 500)) == true ? new(name, $"a list of {types.Count}", "at most 50 full names of exception types") : null;

    private static BrokenSetting? CheckSpan(string name, TimeSpan? span, TimeSpan shortest) =>
        span is { } given && (given < shortest || given > Longest) ? new(name, given, $"{shortest} to 10 years") : null;
}
