using System.Security.Claims;

namespace TaskGrid.Access;

/// <summary>What is told to somebody who hands tasks in and may look at none.</summary>
internal static class Answers
{
    /// <summary>A task that was there already may be somebody else's: of it they learn that it is there.</summary>
    public static SubmitReply For(ClaimsPrincipal user, SubmitReply reply) =>
        reply is { Created: false, Snapshot: { } task } && !AccessPolicies.Roles[AccessPolicies.Read].Any(r => user.IsInRole(AccessPolicies.NameOf(r)))
            ? reply with { Snapshot = new() { Id = task.Id, Task = task.Task, Queue = task.Queue, State = task.State, Version = task.Version, CreatedAt = task.CreatedAt } }
            : reply;
}
