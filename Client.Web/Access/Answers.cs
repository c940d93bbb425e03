using System.Security.Claims;

namespace TaskGrid.Access;

/// <summary>What is told to somebody who hands tasks in and may look at none.</summary>
internal static class Answers
{
    /// <summary>
    /// A task that was there already may be somebody else's: of it they learn where it is in its life, and nothing of what it is about. Not so under an idempotency key, which is
    /// their own.
    /// </summary>
    public static SubmitReply For(ClaimsPrincipal user, SubmitReply reply, TaskSubmission asked) =>
        reply is { Created: false, Snapshot: { } task } && asked.Options is not { IdempotencyKey: not null, Deduplication: null }
        && !AccessPolicies.Roles[AccessPolicies.Read].Any(r => user.IsInRole(AccessPolicies.NameOf(r)))
            ? reply with
            {
                Snapshot = new()
                {
                    Id = task.Id, Task = task.Task, Queue = task.Queue, State = task.State, Version = task.Version, Priority = task.Priority, Attempt = task.Attempt, MaxAttempts = task.MaxAttempts,
                    Interruptions = task.Interruptions, CreatedAt = task.CreatedAt, DueAt = task.DueAt, StartedAt = task.StartedAt, FinishedAt = task.FinishedAt,
                },
            }
            : reply;
}
