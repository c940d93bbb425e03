namespace TaskGrid.Handlers;

/// <summary>What stops a host with a mistaken task definition from starting: which task, and what to do.</summary>
internal static class InvalidTask
{
    public static InvalidOperationException Because(string name, string problem, Exception? cause = null) =>
        new($"Task '{name}' can't be registered: {problem}", cause);

    public static InvalidOperationException Twice(string name) =>
        Because(name, "another task has this name already; give one of them another name.");
}
