using TaskGrid.Tasks;

namespace TaskGrid.Workers;

/// <summary>How an outcome is kept: it is written again and again until the store has answered, whatever the answer. Pure.</summary>
internal static class OutcomeTries
{
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(2);

    /// <summary>The pause after the first try that was not answered.</summary>
    public static TimeSpan FirstPause { get; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The pause after the next one.</summary>
    public static TimeSpan After(TimeSpan pause) => pause * 2 < s_longestPause ? pause * 2 : s_longestPause;

    /// <summary>When the task is due again once it is stored, if it is.</summary>
    public static TimeSpan? DueIn(Verdict verdict) => verdict switch
    {
        Verdict.Retry retry => retry.Delay,
        Verdict.Snooze snooze => snooze.Delay,
        _ => null,
    };
}
