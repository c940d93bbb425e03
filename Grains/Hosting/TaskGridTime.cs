namespace TaskGrid;

/// <summary>The clock of tasks, apart from the one that the host and Orleans live by, so that a test can move it.</summary>
public static class TaskGridTime
{
    /// <summary>
    /// The key of a <see cref="TimeProvider"/> for handlers: <c>[FromKeyedServices(TaskGridTime.Key)] TimeProvider time</c>. It is the host's own unless
    /// another one is registered under the key, as <c>TestGrid</c> of TaskGrid.Testing does.
    /// </summary>
    public const string Key = "TaskGrid";
}
