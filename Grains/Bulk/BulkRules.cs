using TaskGrid.Queues;
using TaskGrid.Tasks;

namespace TaskGrid.Bulk;

/// <summary>What a request for many tasks must satisfy. Pure.</summary>
internal static class BulkRules
{
    public static TaskRefusal? Check(BulkRequest request) => request switch
    {
        _ when !Enum.IsDefined(request.Action) => Option("There is no such action.", "action"),
        { State: null, Queue: null, Task: null, Tag: null, Parent: null, Worker: null, Since: null, Until: null, Text: null } =>
            Option("Say which tasks: by state, queue, task, tag, parent, worker, since, until or text.", "tag"),
        _ when TaskListRules.Check(request.ToFilter()) is { } refusal => refusal,
        { Action: BulkAction.Move, Target: null } => Option("Say where to: the target is missing.", "target"),
        { Target: not null, Action: not BulkAction.Move } => Option("Only a move has a target.", "target"),
        { Target: { } target } when QueueRules.CheckTarget(target) is { } refusal => refusal with { Field = "target" },
        { Target: { } target } when target == request.Queue => Option("The target is the queue itself.", "target"),
        { State: { } state } when !Fits(request.Action, state) => Option($"There is nothing to {BulkPlan.Word(request)} among {state.ToString().ToLowerInvariant()} tasks.", "state"),
        _ => null,
    };

    private static bool Fits(BulkAction action, TaskState state) => action switch
    {
        BulkAction.Cancel => !state.IsFinal(),
        BulkAction.Retry => state is TaskState.Failed or TaskState.Cancelled,
        BulkAction.Forget => state.IsFinal(),
        _ => !state.IsFinal() && state != TaskState.Running,
    };

    private static TaskRefusal Option(string message, string field) => new(ErrorCodes.InvalidOption, message, field);
}
