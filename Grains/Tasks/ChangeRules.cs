using TaskGrid.Queues;

namespace TaskGrid.Tasks;

/// <summary>What a change of a waiting task must satisfy. Pure.</summary>
internal static class ChangeRules
{
    public static TaskRefusal? Check(TaskChange change) => change switch
    {
        { Queue: null, Priority: null, DueAt: null } => new(ErrorCodes.InvalidOption, "Say what to change: queue, priority or dueAt.", null),
        { Queue: { } queue } when QueueRules.CheckTarget(queue) is { } refusal => refusal,
        { Priority: < 0 or > 9 } => new(ErrorCodes.InvalidPriority, "A priority is a whole number from 0 to 9; 9 is taken first.", "priority"),
        _ => null,
    };
}
