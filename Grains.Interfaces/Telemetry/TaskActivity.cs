using System.Diagnostics;

namespace TaskGrid.Telemetry;

/// <summary>The activities of submits and attempts, in the words of OpenTelemetry's messaging conventions. Free while nobody listens.</summary>
internal static class TaskActivity
{
    // Longer ones are refused by the grid, and a submit must not fail for the sake of its trace.
    private const int MaxTraceState = 512;

    /// <summary>Starts the activity of a submit; <c>null</c> when nobody listens.</summary>
    public static Activity? Send(TaskSubmission submission)
    {
        if (!TaskGridTelemetry.Source.HasListeners() || TaskGridTelemetry.Source.StartActivity($"send {submission.Task}", ActivityKind.Producer) is not { } activity)
        {
            return null;
        }

        return activity
            .SetTag("messaging.system", "taskgrid")
            .SetTag("messaging.operation.name", "send")
            .SetTag("messaging.operation.type", "send")
            .SetTag("messaging.destination.name", submission.Options.Queue)
            .SetTag("taskgrid.task", submission.Task);
    }

    /// <summary>
    /// Starts the activity of an attempt as a child of its submit; <c>null</c> when nobody listens. What was current before ends here:
    /// an attempt belongs to whoever submitted it, not to what happened to start the worker.
    /// </summary>
    public static Activity? Process(TaskContext context, string? traceParent, string? traceState)
    {
        if (Activity.Current is not null)
        {
            Activity.Current = null;
        }

        if (!TaskGridTelemetry.Source.HasListeners())
        {
            return null;
        }

        ActivityContext.TryParse(traceParent, traceState, isRemote: true, out var submit);
        return TaskGridTelemetry.Source.StartActivity($"process {context.TaskName}", ActivityKind.Consumer, submit)
            ?.SetTag("messaging.system", "taskgrid")
            .SetTag("messaging.operation.name", "process")
            .SetTag("messaging.operation.type", "process")
            .SetTag("messaging.destination.name", context.Queue)
            .SetTag("messaging.message.id", context.TaskId)
            .SetTag("messaging.message.conversation_id", context.RootId)
            .SetTag("taskgrid.task", context.TaskName)
            .SetTag("taskgrid.attempt", context.Attempt);
    }

    /// <summary>What a submit that begins now hands on: the current activity's context.</summary>
    public static (string? TraceParent, string? TraceState) Current() => Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity
        ? (activity.Id, activity.TraceStateString is { Length: <= MaxTraceState } state ? state : null)
        : (null, null);

    /// <summary>The submit was answered.</summary>
    public static void Answered(this Activity activity, SubmitReply reply)
    {
        if (reply.Refusal is { } refusal)
        {
            activity.SetTag("error.type", refusal.Code).SetStatus(ActivityStatusCode.Error, refusal.Message);
        }
        else
        {
            activity.SetTag("messaging.message.id", reply.Snapshot?.Id).SetTag("messaging.destination.name", reply.Snapshot?.Queue);
        }
    }

    /// <summary>It ended in an exception. What a handler says on purpose is no error, unless it says that the attempt has failed.</summary>
    public static void Failed(this Activity activity, Exception exception)
    {
        if (exception is TaskControlException and not RetryTaskException)
        {
            return;
        }

        var cause = exception is RetryTaskException { InnerException: { } inner } ? inner : exception;
        activity.SetTag("error.type", cause.GetType().FullName).SetStatus(ActivityStatusCode.Error, exception.Message).AddException(cause);
    }
}
