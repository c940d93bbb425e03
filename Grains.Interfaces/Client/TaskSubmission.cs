namespace TaskGrid;

/// <summary>One task to be submitted: a name, its arguments and options.</summary>
/// <param name="Task">The task name.</param>
/// <param name="Args">A JSON object (by name) or array (by position).</param>
/// <param name="Options">What else is asked for.</param>
[GenerateSerializer, Immutable, Alias("taskgrid.submission")]
public sealed record TaskSubmission(
    [property: Id(0)] string Task,
    [property: Id(1)] JsonText Args,
    [property: Id(2)] SubmitOptions Options)
{
    /// <summary>A submission by name; <paramref name="args"/> is any object that serialises to a JSON object or array.</summary>
    public static TaskSubmission Create(string task, object? args = null, SubmitOptions? options = null) =>
        new(task, args is null ? new JsonText("{}"u8.ToArray()) : JsonText.From(args), options ?? new());

    /// <summary>A submission by argument type, which carries <see cref="GridTaskAttribute"/>.</summary>
    /// <exception cref="ArgumentException">The type has no <see cref="GridTaskAttribute"/>.</exception>
    public static TaskSubmission Create<TResult>(IGridTask<TResult> args, SubmitOptions? options = null) =>
        Create(GridTaskAttribute.NameOf(args.GetType()), args, options);
}
