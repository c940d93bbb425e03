using System.Reflection;
using TaskGrid.Handlers;
using TaskGrid.Tasks;

namespace TaskGrid.Workers;

/// <summary>Says what an exception that came out of a handler makes of its attempt. Pure.</summary>
internal static class ThrownOutcome
{
    private const int MaxMessage = 4096;
    private const int MaxStack = 16384;

    /// <summary>The outcome.</summary>
    /// <param name="thrown">What came out of the handler.</param>
    /// <param name="reason">Why its token had fired by then.</param>
    /// <param name="settings">The task's settings.</param>
    public static AttemptOutcome Of(Exception thrown, StopReason reason, ResolvedSettings settings) => Unwrap(thrown) switch
    {
        // These three say what they want whatever the token says, and count nothing.
        SnoozeTaskException snooze => After(snooze.Delay, new AttemptOutcome.Snoozed(snooze.Delay)),
        RejectTaskException => new AttemptOutcome.Rejected(),
        CancelTaskException cancel => new AttemptOutcome.Cancelled(IsReason(cancel.Reason) ? cancel.Reason : "requested"),

        // Not only cancellation: clients of databases and services have exceptions of their own for a token that fired.
        _ when reason == StopReason.Interrupted => new AttemptOutcome.Interrupted(),
        OperationCanceledException when reason == StopReason.CancelRequested => new AttemptOutcome.Cancelled(),
        OperationCanceledException when reason == StopReason.SoftTimeLimit =>
            Failure(ErrorCodes.TimeLimitExceeded, $"The attempt ended at its soft time limit of {settings.SoftTimeLimit}.", permanent: false),

        RetryTaskException retry => After(retry.Delay, new AttemptOutcome.Failed(Error(retry.InnerException ?? retry, thrown), Permanent: false, RetryIn: retry.Delay)),
        ResultNotSerializableException when settings.IgnoreResult => new AttemptOutcome.Succeeded(default),
        ResultNotSerializableException e => Failure(ErrorCodes.ResultNotSerializable, e.Message, permanent: true),
        PermanentFailureException { InnerException: TaskRefusedException refused } => Failure(refused.Code, refused.Message, permanent: true),
        PermanentFailureException e => new AttemptOutcome.Failed(Error(e.InnerException ?? e, thrown) with { Message = MessageOf(e) }, Permanent: true),
        var e => new AttemptOutcome.Failed(Error(e, thrown), Permanent: false, TypesOf(e)),
    };

    /// <summary>What only wraps the exception that the handler's code threw says nothing about it.</summary>
    private static Exception Unwrap(Exception thrown) => thrown switch
    {
        AggregateException { InnerExceptions: [var only] } => Unwrap(only),
        TargetInvocationException { InnerException: { } inner } => Unwrap(inner),
        _ => thrown,
    };

    private static AttemptOutcome After(TimeSpan pause, AttemptOutcome outcome) => pause >= TimeSpan.Zero && pause <= SettingsRules.Longest
        ? outcome
        : Failure(ErrorCodes.InvalidDelay, $"The handler asked for a pause of {pause}; use 0 to 10 years.", permanent: true);

    // A word that stands for "none" in the store is no reason.
    private static bool IsReason(string reason) => Names.IsValidTaskName(reason) && reason != StateLine.None;

    private static List<string> TypesOf(Exception e)
    {
        var names = new List<string>();
        for (var type = e.GetType(); type is not null && type != typeof(object); type = type.BaseType)
        {
            names.Add(NameOf(type));
        }

        return names;
    }

    private static string NameOf(Type type) => type.FullName ?? type.Name;

    private static AttemptOutcome.Failed Failure(string code, string message, bool permanent) => new(new(code, Cut(message, MaxMessage)), permanent);

    /// <summary>The stack is that of the whole: it says where the handler was called from.</summary>
    private static TaskError Error(Exception cause, Exception thrown) => new(NameOf(cause.GetType()), MessageOf(cause), Cut(SafeText(thrown.ToString), MaxStack));

    private static string MessageOf(Exception e) => Cut(SafeText(() => e.Message), MaxMessage);

    // An exception's own Message and ToString are user code, too: they may throw, and return nothing.
    private static string SafeText(Func<string?> text)
    {
        try
        {
            return text() ?? "";
        }
        catch (Exception)
        {
            return "(the exception's own text could not be read)";
        }
    }

    private static string Cut(string text, int max)
    {
        if (text.Length <= max)
        {
            return text;
        }

        var end = char.IsHighSurrogate(text[max - 1]) ? max - 1 : max;
        return text[..end];
    }
}
