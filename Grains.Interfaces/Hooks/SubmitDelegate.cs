namespace TaskGrid;

/// <summary>The rest of a submit: the middleware that follows, and at last the grid.</summary>
/// <param name="submission">What is to be submitted, changed or not.</param>
/// <param name="cancellationToken">Ends the wait for the reply; the task may have been accepted all the same.</param>
/// <returns>The task as it was accepted, or why it was refused.</returns>
/// <exception cref="GridUnavailableException">No answer in time.</exception>
public delegate Task<SubmitReply> SubmitDelegate(TaskSubmission submission, CancellationToken cancellationToken);
