namespace TaskGrid;

/// <summary>Why an attempt, or the whole task, failed. Types are names, never turned back into CLR types.</summary>
/// <param name="Type">The exception's full type name, or one of the grid's own codes such as <c>worker_crash</c>.</param>
/// <param name="Message">The exception's message, cut at 4,096 characters.</param>
/// <param name="Stack">The stack trace with inner exceptions, cut at 16,384 characters; absent for the grid's own codes.</param>
[GenerateSerializer, Immutable, Alias("taskgrid.error")]
public sealed record TaskError(
    [property: Id(0)] string Type,
    [property: Id(1)] string Message,
    [property: Id(2)] string? Stack = null);
