namespace TaskGrid;

/// <summary>Why the grid did not accept a request. Nothing was changed by it.</summary>
/// <param name="Code">One of <see cref="ErrorCodes"/>; stable, made for programs.</param>
/// <param name="Message">For people.</param>
/// <param name="Field">The part of the request that is at fault, for example <c>args.x</c>.</param>
[GenerateSerializer, Immutable, Alias("taskgrid.refusal")]
public sealed record TaskRefusal(
    [property: Id(0)] string Code,
    [property: Id(1)] string Message,
    [property: Id(2)] string? Field = null);
