namespace TaskGrid;

/// <summary>What is kept of a task's own log.</summary>
/// <param name="Lines">The last 200 lines, oldest first.</param>
/// <param name="Number">How many lines there have been: the number of the last of them.</param>
[GenerateSerializer, Immutable, Alias("taskgrid.log-part")]
public sealed record TaskLogPart([property: Id(0)] IReadOnlyList<string> Lines, [property: Id(1)] long Number)
{
    /// <summary>The lines after the one with a number, as far as they are kept.</summary>
    public IReadOnlyList<string> After(long number) => [.. Lines.Skip((int)Math.Clamp(Lines.Count - (Number - number), 0, Lines.Count))];
}
