using static TaskGrid.Requests.JsonValues;

namespace TaskGrid.Requests;

/// <summary>The members of JSON that are settings of a task: in a submit, and as a queue's defaults. Spans are numbers of seconds.</summary>
internal static class SettingsMembers
{
    private const string Forever = "forever";
    private const string Seconds = "A number of seconds is asked for.";

    private static readonly Members<BackoffParts> s_backoff = new("A backoff", new Dictionary<string, ReadMember<BackoffParts>>
    {
        ["kind"] = (b, v) => Set(Word<BackoffKind>(v), x => b.Value = b.Value with { Kind = x }, "A kind of backoff is exponential, linear or fixed."),
        ["delay"] = (b, v) => Set(Span(v), x => b.Value = b.Value with { Delay = x, MaxDelay = x > b.Value.MaxDelay ? x : b.Value.MaxDelay }, Seconds),
        ["factor"] = (b, v) => Set(Number(v), x => b.Value = b.Value with { Factor = x }, "A factor is a number."),
        ["maxDelay"] = (b, v) => Set(Span(v), x => b.Value = b.Value with { MaxDelay = x }, Seconds),
        ["jitter"] = (b, v) => Set(Flag(v), x => b.Value = b.Value with { Jitter = x }, "Jitter is true or false."),
        ["delays"] = (b, v) => Set(Spans(v), x => b.Value = b.Value with { Delays = x }, "Delays are an array of numbers of seconds."),
    });

    public static Dictionary<string, ReadMember<TaskSettings>> Table { get; } = new()
    {
        ["priority"] = (s, v) => Set(Whole(v), x => s.Priority = x, "A priority is a whole number."),
        ["maxAttempts"] = (s, v) => Text(v) == Forever
            ? Set<int>(TaskSettings.Forever, x => s.MaxAttempts = x, "")
            : Set(Whole(v), x => s.MaxAttempts = x, "A number of attempts is a whole number, or forever."),
        ["backoff"] = (s, v) =>
        {
            var parts = new BackoffParts();
            var wrong = s_backoff.Read(parts, v);
            s.Backoff = parts.Value;
            return wrong;
        },
        ["retryOn"] = (s, v) => Set(Texts(v), x => s.RetryOn = x, "Exception types are an array of full names."),
        ["neverRetryOn"] = (s, v) => Set(Texts(v), x => s.NeverRetryOn = x, "Exception types are an array of full names."),
        ["expiresAfter"] = (s, v) => Set(Span(v), x => s.ExpiresAfter = x, Seconds),
        ["deadlineAfter"] = (s, v) => Set(Span(v), x => s.DeadlineAfter = x, Seconds),
        ["softTimeLimit"] = (s, v) => Set(Span(v), x => s.SoftTimeLimit = x, Seconds),
        ["timeLimit"] = (s, v) => Set(Span(v), x => s.TimeLimit = x, Seconds),
        ["heartbeatTimeout"] = (s, v) => Set(Span(v), x => s.HeartbeatTimeout = x, Seconds),
        ["cancelTimeout"] = (s, v) => Set(Span(v), x => s.CancelTimeout = x, Seconds),
        ["concurrencyLimit"] = (s, v) => Set(Whole(v), x => s.ConcurrencyLimit = x, "A concurrency limit is a whole number."),
        ["ignoreResult"] = (s, v) => Set(Flag(v), x => s.IgnoreResult = x, "Whether to ignore the result is true or false."),
        ["maxResultBytes"] = (s, v) => Set(Whole(v), x => s.MaxResultBytes = x, "A number of bytes is a whole number."),
        ["keepSucceeded"] = (s, v) => Set(Span(v), x => s.KeepSucceeded = x, Seconds),
        ["keepFailed"] = (s, v) => Set(Span(v), x => s.KeepFailed = x, Seconds),
        ["keepCancelled"] = (s, v) => Set(Span(v), x => s.KeepCancelled = x, Seconds),
        ["delivery"] = (s, v) => Set(Word<Delivery>(v), x => s.Delivery = x, "A delivery is atLeastOnce or atMostOnce."),
    };

    /// <summary>Takes over what was read, or says what it should have been.</summary>
    public static MemberFault? Set<TValue>(TValue? read, Action<TValue> take, string expected)
        where TValue : struct
    {
        if (read is not { } value)
        {
            return expected;
        }

        take(value);
        return null;
    }

    /// <inheritdoc cref="Set{TValue}(TValue?, Action{TValue}, string)"/>
    public static MemberFault? Set<TValue>(TValue? read, Action<TValue> take, string expected)
        where TValue : class
    {
        if (read is null)
        {
            return expected;
        }

        take(read);
        return null;
    }

    private sealed class BackoffParts
    {
        public Backoff Value { get; set; } = new();
    }
}
