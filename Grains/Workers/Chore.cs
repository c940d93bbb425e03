namespace TaskGrid.Workers;

/// <summary>Work beside something that must not wait for it, once at a time: while it goes on, it is not begun again. Not for several callers at once.</summary>
internal sealed class Chore
{
    /// <summary>Completes when the work that was begun last has ended.</summary>
    public Task Ended { get; private set; } = Task.CompletedTask;

    /// <summary>Begins it, unless it goes on still.</summary>
    /// <param name="work">Throws nothing.</param>
    public void Begin(Func<Task> work)
    {
        if (Ended.IsCompleted)
        {
            Ended = work();
        }
    }
}
