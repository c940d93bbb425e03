using TaskGrid.Handlers;
using TaskGrid.Tasks;

namespace TaskGrid.Testing;

/// <summary>Says what an exception that came out of a handler makes of its attempt.</summary>
internal static class Thrown
{
    public static AttemptOutcome Outcome(Exception thrown, StopReason reason) => thrown switch
    {
        SnoozeTaskException snooze => new AttemptOutcome.Snoozed(snooze.Delay),
        RejectTaskException => new AttemptOutcome.Interrupted(),
        CancelTaskException cancel => new AttemptOutcome.Cancelled(cancel.Reason),
        _ when reason == StopReason.Interrupted => new AttemptOutcome.Interrupted(),
        OperationCanceledException when reason == StopReason.CancelRequested => new AttemptOutcome.Cancelled(),
        RetryTaskException retry => new AttemptOutcome.Failed(ErrorOf(retry.InnerException ?? retry), Permanent: false, RetryIn: retry.Delay),
        ResultNotSerializableException e => new AttemptOutcome.Failed(new(ErrorCodes.ResultNotSerializable, e.Message), Permanent: true),
        PermanentFailureException e => new AttemptOutcome.Failed(ErrorOf(e.InnerException ?? e) with { Message = e.Message }, Permanent: true),
        _ => new AttemptOutcome.Failed(ErrorOf(thrown), Permanent: false, [.. TypesOf(thrown)]),
    };

    private static TaskError ErrorOf(Exception e) => new(NameOf(e.GetType()), e.Message, e.ToString());

    private static IEnumerable<string> TypesOf(Exception e)
    {
        for (var type = e.GetType(); type is not null && type != typeof(object); type = type.BaseType)
        {
            yield return NameOf(type);
        }
    }

    private static string NameOf(Type type) => type.FullName ?? type.Name;
}
