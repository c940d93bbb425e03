namespace TaskGrid.Handlers;

/// <summary>Where in the args something is.</summary>
/// <param name="Field">As a refusal names it, for example <c>args.order.lines[0]</c>.</param>
/// <param name="Parameter">The parameter's name, where the field does not end in it.</param>
internal readonly record struct ArgsPlace(string Field, string? Parameter = null)
{
    private const int MaxShown = 100;

    public static ArgsPlace Root { get; } = new("args");

    public ArgsPlace Member(string name) => new($"{Field}.{(name.Length > MaxShown ? $"{name.AsSpan(0, MaxShown)}…" : name)}");

    public ArgsPlace Element(int index, string? parameter = null) => new($"{Field}[{index}]", parameter);

    public override string ToString() => Parameter is null ? Field : $"{Field} ({Parameter})";
}
