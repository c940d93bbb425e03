namespace TaskGrid.Requests;

/// <summary>What was read from a request, or why it can't be.</summary>
internal readonly record struct Parsed<T>(T? Value, TaskRefusal? Refusal)
{
    public static implicit operator Parsed<T>(T value) => new(value, null);

    public static implicit operator Parsed<T>(TaskRefusal refusal) => new(default, refusal);
}
