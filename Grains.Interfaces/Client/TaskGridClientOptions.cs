namespace TaskGrid;

/// <summary>How patient a client is.</summary>
public sealed class TaskGridClientOptions
{
    /// <summary>The configuration section they are read from.</summary>
    public const string Section = "TaskGrid:Client";

    /// <summary>How long a submit, read or cancel is retried before <see cref="GridUnavailableException"/>; default 15 s, 1 s to 10 min.</summary>
    public TimeSpan SubmitTimeout { get; set; } = TimeSpan.FromSeconds(15);
}
