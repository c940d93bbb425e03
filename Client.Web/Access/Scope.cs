using System.Security.Claims;
using TaskGrid.Errors;

namespace TaskGrid.Access;

/// <summary>The queues and task names that whoever asks is limited to. Pure.</summary>
/// <param name="Queues">Names, or beginnings of names with a <c>*</c> at the end; none for all.</param>
/// <param name="Tasks">Likewise.</param>
internal sealed record Scope(IReadOnlyList<string> Queues, IReadOnlyList<string> Tasks)
{
    public const string QueueClaim = "taskgrid.queue";
    public const string TaskClaim = "taskgrid.task";

    private static readonly Scope s_everything = new([], []);

    /// <summary>Whether it is no limit.</summary>
    public bool IsEverything => Queues.Count == 0 && Tasks.Count == 0;

    public static Scope Of(ClaimsPrincipal user) =>
        user.HasClaim(c => c.Type is QueueClaim or TaskClaim) ? new(Values(user, QueueClaim), Values(user, TaskClaim)) : s_everything;

    /// <summary>Why a queue is out of bounds, if it is.</summary>
    public TaskRefusal? CheckQueue(string? queue) => queue is not null && Fits(Queues, queue) || Queues.Count == 0
        ? null
        : new(ApiErrorCodes.Forbidden, $"This key is limited to the queues {string.Join(", ", Queues)}{(queue is null ? ": say which" : "")}.", "queue");

    /// <summary>Why a task name is out of bounds, if it is.</summary>
    public TaskRefusal? CheckTask(string? task) => task is not null && Fits(Tasks, task) || Tasks.Count == 0
        ? null
        : new(ApiErrorCodes.Forbidden, $"This key is limited to the tasks {string.Join(", ", Tasks)}{(task is null ? ": say which" : "")}.", "task");

    /// <summary>
    /// Why a submit is out of bounds, if it is. Which queue a task goes to by itself only silos know: so it has to be said. And a deduplication key
    /// holds for all tasks of a name, in whichever queue they are.
    /// </summary>
    public TaskRefusal? Check(TaskSubmission submission) => CheckTask(submission.Task) ?? CheckQueue(submission.Options.Queue)
        ?? (Queues.Count > 0 && submission.Options.Deduplication is not null
            ? new(ApiErrorCodes.Forbidden, "This key is limited to some queues, and a deduplication reaches tasks in all.", "deduplication")
            : null);

    /// <summary>Why a task is out of bounds, if it is.</summary>
    public TaskRefusal? Check(TaskSnapshot task) => CheckTask(task.Task) ?? CheckQueue(task.Queue);

    /// <summary>Why what holds for the grid as a whole is out of bounds, if it is.</summary>
    public TaskRefusal? CheckWhole() => IsEverything ? null : new(ApiErrorCodes.Forbidden, "This key is limited to some queues or tasks, and this concerns all.");

    private static bool Fits(IReadOnlyList<string> patterns, string name) =>
        patterns.Any(p => NamePattern.Fits(p, name));

    private static List<string> Values(ClaimsPrincipal user, string claim) => [.. user.FindAll(claim).Select(c => c.Value)];
}
