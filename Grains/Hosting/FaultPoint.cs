namespace TaskGrid.Hosting;

/// <summary>
/// The places where a test may end the process: before each change of the store is sent, after each one is stored and before anybody
/// has been told, and on both sides of a handler. Named <c>before:accept</c>, <c>after:accept</c> and so on.
/// </summary>
internal static class FaultPoint
{
    /// <summary>The worker has the lease, the handler has not begun.</summary>
    public const string BeforeRun = "before:run";

    /// <summary>The handler has ended, its outcome is not on its way.</summary>
    public const string AfterRun = "after:run";

    private const string BeforePrefix = "before:";
    private const string AfterPrefix = "after:";

    /// <summary>The operations that change the store.</summary>
    public static readonly string[] Changes =
    [
        "accept", "advance", "audit", "audited", "beat", "begin", "bury", "cancel", "change", "configure", "declare", "expire", "finish", "forget", "handback", "join", "lapse", "lease",
        "leave", "log", "open", "over", "pause", "progress", "prune", "register", "reminded", "reoffer", "retry", "sweep",
    ];

    /// <summary>All points by name.</summary>
    public static IReadOnlyCollection<string> All { get; } = [BeforeRun, AfterRun, .. Changes.SelectMany(c => new[] { Before(c), After(c) })];

    /// <summary>A change is about to be sent.</summary>
    public static string Before(string change) => BeforePrefix + change;

    /// <summary>A change is stored, its sender has not been told.</summary>
    public static string After(string change) => AfterPrefix + change;
}
