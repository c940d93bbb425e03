namespace TaskGrid;

/// <summary>Keeps the context of an attempt with its flow of control, and takes it away at the attempt's end.</summary>
internal sealed class TaskContextAccessor : ITaskContextAccessor
{
    private static readonly AsyncLocal<Holder?> s_current = new();

    public TaskContext? TaskContext => Current;

    public static TaskContext? Current => s_current.Value?.Context;

    /// <summary>From here on, in the calling method and what it calls, until the result is disposed of.</summary>
    public static IDisposable Enter(TaskContext context)
    {
        var holder = new Holder(context);
        s_current.Value = holder;
        return holder;
    }

    // Through a holder: a connection pool or timer that first comes to life inside of an attempt keeps the attempt's flow for
    // good, and must neither keep its context alive nor submit in its name.
    private sealed class Holder(TaskContext context) : IDisposable
    {
        public TaskContext? Context { get; private set; } = context;

        public void Dispose() => Context = null;
    }
}
