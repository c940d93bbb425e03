using TaskGrid.Handlers;
using TaskGrid.Tasks;

namespace TaskGrid;

/// <summary>How the tasks of one name are treated, unless a submit asks for something else.</summary>
public sealed record TaskOptions : TaskSettings
{
    /// <summary>The queue they lie in: 1 to 100 letters, digits, <c>_ . -</c>; default <c>default</c>.</summary>
    public string Queue { get; set; } = "default";

    /// <summary>Tags that each of them has, with those of the submit.</summary>
    public IReadOnlyList<string>? Tags { get; set; }

    /// <summary>How many of them run at a time in one queue; default: no limit.</summary>
    public int? Concurrency { get; set; }

    /// <summary>How many of them start in a period in one queue; default: no limit.</summary>
    public RateLimit? RateLimit { get; set; }

    /// <summary>How many of them run at a time in the whole grid, whatever their queues; default: no limit.</summary>
    public int? GridConcurrency { get; set; }

    /// <summary>How many of them start in a period in the whole grid, whatever their queues; default: no limit.</summary>
    public RateLimit? GridRateLimit { get; set; }

    /// <summary>What an attribute says.</summary>
    internal static TaskOptions From(GridTaskAttribute attribute) => new(attribute.ToSettings()) { Queue = attribute.Queue };

    private TaskOptions(TaskSettings settings)
        : base(settings)
    {
    }

    /// <summary>Options that say nothing: what the queue and the grid say holds.</summary>
    public TaskOptions()
    {
    }

    /// <summary>What is wrong with them and what to do about it; <c>null</c> when they are fine.</summary>
    internal string? FindProblem() => this switch
    {
        _ when !Names.IsValidQueue(Queue) => $"Queue is '{Queue}'; use 1 to {Names.MaxNameLength} letters, digits, _ . -",
        _ => SettingsRules.Check(this)?.ToString() ?? SettingsRules.CheckTags(Tags)?.ToString()
            ?? SettingsRules.CheckLimit(nameof(Concurrency), Concurrency, RateLimit)?.ToString()
            ?? SettingsRules.CheckLimit(nameof(GridConcurrency), GridConcurrency, GridRateLimit)?.ToString(),
    };
}
