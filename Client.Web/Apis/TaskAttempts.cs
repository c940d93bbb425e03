namespace TaskGrid.Apis;

/// <summary>The attempts of a task.</summary>
/// <param name="Items">Oldest first: of those that failed the last 20, and the one that runs or was the last.</param>
internal sealed record TaskAttempts(IReadOnlyList<AttemptItem> Items)
{
    public static TaskAttempts Of(TaskSnapshot task)
    {
        var failed = task.Attempts.Select(a => new AttemptItem(a.Number, AttemptItem.Failed, a.Worker, a.StartedAt, a.FinishedAt, a.Error)).ToList();
        var known = failed.Count > 0 && failed[^1].StartedAt == task.StartedAt;
        if (!known && task is { StartedAt: { } started, Worker: { } worker } && OutcomeOf(task.State) is { } outcome)
        {
            failed.Add(new(task.Attempt, outcome, worker, started, task.FinishedAt, null));
        }

        return new(failed);
    }

    // One that was interrupted, given back or snoozed has come to nothing that counts.
    private static string? OutcomeOf(TaskState state) => state switch
    {
        TaskState.Running => AttemptItem.Running,
        TaskState.Succeeded => AttemptItem.Succeeded,
        TaskState.Cancelled => AttemptItem.Cancelled,
        _ => null,
    };
}

/// <summary>One attempt.</summary>
/// <param name="Number">1 for the first.</param>
/// <param name="Outcome"><c>failed</c>, <c>succeeded</c>, <c>cancelled</c>, or <c>running</c>.</param>
/// <param name="Worker">The silo that runs it or ran it.</param>
/// <param name="StartedAt">When it was leased, by the store's clock.</param>
/// <param name="FinishedAt">When it was over; <c>null</c> while it runs.</param>
/// <param name="Error">What went wrong, when it failed.</param>
internal sealed record AttemptItem(int Number, string Outcome, string Worker, DateTimeOffset StartedAt, DateTimeOffset? FinishedAt, TaskError? Error)
{
    public const string Failed = "failed";
    public const string Succeeded = "succeeded";
    public const string Cancelled = "cancelled";
    public const string Running = "running";
}
