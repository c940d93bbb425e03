using System.ComponentModel.DataAnnotations;

namespace TaskGrid;

/// <summary>How a silo runs tasks.</summary>
public sealed class TaskGridOptions
{
    /// <summary>The configuration section they are read from.</summary>
    public const string Section = "TaskGrid";

    /// <summary>The grid's name, which silos and clients of one cluster share: letters, digits, <c>_ . -</c>; default <c>taskgrid</c>.</summary>
    [Required, RegularExpression("^[A-Za-z0-9_.-]{1,50}$")]
    public string Name { get; set; } = "taskgrid";

    /// <summary>How many handlers a silo runs at a time; default 0, which means 10 for each core and at least 16.</summary>
    [Range(0, 10_000)]
    public int Slots { get; set; }

    /// <summary>How many deaths of processes that were running a task, in a row, fail it with <c>worker_crash</c>; default 3.</summary>
    [Range(1, 1000)]
    public int CrashLimit { get; set; } = 3;

    /// <summary>The largest arguments taken, in bytes of JSON; default 1 MiB.</summary>
    [Range(1024, 64 * 1024 * 1024)]
    public int MaxArgsBytes { get; set; } = 1024 * 1024;

    /// <summary>The largest result stored, in bytes of JSON; default 1 MiB.</summary>
    [Range(1024, 64 * 1024 * 1024)]
    public int MaxResultBytes { get; set; } = 1024 * 1024;

    /// <summary>How long succeeded and cancelled tasks can be asked after; default 1 day. They go within 2 hours of it.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "3650.00:00:00")]
    public TimeSpan KeepSucceeded { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How long failed tasks can be asked after; default 7 days. They go within 2 hours of it.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "3650.00:00:00")]
    public TimeSpan KeepFailed { get; set; } = TimeSpan.FromDays(7);

    /// <summary>
    /// What tasks get where neither the call, nor their registration, nor their queue says anything; default: nothing, so that the
    /// built-in values hold.
    /// </summary>
    public TaskSettings? Defaults { get; set; }

    /// <summary>
    /// Whether tasks are accepted although the store's settings lose them: no append-only file, or a <c>maxmemory-policy</c> that
    /// deletes. Default <c>false</c>: they are refused with <c>store_unsafe</c>.
    /// </summary>
    public bool AllowUnsafeStore { get; set; }

    /// <summary>
    /// The queues that this silo takes tasks from, with commas between: names, or beginnings of names with a <c>*</c> at the end; default
    /// <c>*</c>, all. With none it takes nothing.
    /// </summary>
    [RegularExpression(@"^([A-Za-z0-9_.-]*\*?(,[A-Za-z0-9_.-]*\*?)*)?$")]
    public string Queues { get; set; } = "*";

    internal int EffectiveSlots => Slots > 0 ? Slots : Math.Max(16, 10 * Environment.ProcessorCount);
}
