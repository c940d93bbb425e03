using TaskGrid.Handlers;
using TaskGrid.Queues;
using TaskGrid.Tasks;

namespace TaskGrid.Bulk;

/// <summary>What a request for many tasks must satisfy. Pure.</summary>
internal static class BulkRules
{
    public static TaskRefusal? Check(BulkRequest request) => request switch
    {
        { Queue: null, Action: BulkAction.Purge or BulkAction.Move } => Option("Say which queue: it is missing.", "queue"),
        { Tag: null, Queue: null, Task: null } => Option("Say which tasks: by tag, queue or task.", "tag"),
        { Tag: not null, Queue: not null } => Option("Give a tag or a queue, not both.", "tag"),
        { Tag: not null, Action: not BulkAction.Cancel } => Option("Only a cancel goes by tag, which finds tasks that are not final: say which queue or task.", "tag"),
        { Tag: not null } when SettingsRules.CheckTags([request.Tag]) is { } broken => Option(broken.ToString(), "tag"),
        { Queue: { } queue } when QueueRules.Check(queue) is { } refusal => refusal,
        { Task: { } task } when !Names.IsValidTaskName(task) => new(ErrorCodes.InvalidTaskName, "A task name has 1 to 100 letters, digits, '_', '.' or '-'.", "task"),
        { Action: BulkAction.Move, Target: null } => Option("Say where to: the target is missing.", "target"),
        { Target: not null, Action: not BulkAction.Move } => Option("Only a move has a target.", "target"),
        { Target: { } target } when QueueRules.CheckTarget(target) is { } refusal => refusal with { Field = "target" },
        { Target: { } target } when target == request.Queue => Option("The target is the queue itself.", "target"),
        _ => null,
    };

    private static TaskRefusal Option(string message, string field) => new(ErrorCodes.InvalidOption, message, field);
}
