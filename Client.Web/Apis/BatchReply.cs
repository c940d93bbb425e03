using TaskGrid.Errors;

namespace TaskGrid.Apis;

/// <summary>What became of a batch.</summary>
/// <param name="Items">One for each submit, in their order.</param>
internal sealed record BatchReply(IReadOnlyList<BatchItem> Items);

/// <summary>What became of one submit of a batch.</summary>
/// <param name="Status">The status that the submit by itself would have been answered with: 202, or that of the error.</param>
/// <param name="Task">The task, when it was accepted.</param>
/// <param name="Error">Why it was refused.</param>
/// <param name="Replayed">Whether the same submit had been accepted before.</param>
internal sealed record BatchItem(int Status, TaskSnapshot? Task, BatchError? Error, bool Replayed)
{
    public static BatchItem Of(SubmitReply reply) => reply.Refusal is { } refusal
        ? new(ProblemStatuses.Of(refusal.Code), null, new(refusal.Code, refusal.Message, refusal.Field), false)
        : new(StatusCodes.Status202Accepted, reply.Snapshot, null, !reply.Created);
}

/// <summary>Why a submit of a batch was refused, with the words of problem details.</summary>
/// <param name="Code">Stable, made for programs.</param>
/// <param name="Detail">For people.</param>
/// <param name="Field">The member at fault.</param>
internal sealed record BatchError(string Code, string Detail, string? Field);
