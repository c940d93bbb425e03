namespace TaskGrid;

/// <summary>Code around every submit that is made through <see cref="ITaskClient"/>, each one of a batch included.</summary>
public interface ISubmitMiddleware
{
    /// <summary>
    /// Calls <paramref name="next"/> with the submission or a changed copy of it (<c>submission with { ... }</c>) and returns its reply.
    /// An exception refuses the submit: the caller gets it as it was thrown. Returning a reply of its own, without calling
    /// <paramref name="next"/>, keeps the submit from the grid.
    /// </summary>
    /// <param name="submission">
    /// What is about to be submitted, with its id: the one that was given, or minted, or made of the idempotency key. A middleware that
    /// adds an idempotency key changes the id, unless that was given.
    /// </param>
    /// <param name="next">The rest of the submit. Calling it again repeats the submit of the same task.</param>
    /// <param name="cancellationToken">The caller's.</param>
    Task<SubmitReply> SubmitAsync(TaskSubmission submission, SubmitDelegate next, CancellationToken cancellationToken);
}
