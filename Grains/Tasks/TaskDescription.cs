namespace TaskGrid.Tasks;

/// <summary>What the cluster tells of a registered task, so that a silo that lacks its handler can accept it too.</summary>
internal sealed record TaskDescription(string Queue, int Priority, int MaxAttempts, long RetryDelay, long MaxRetryDelay);
