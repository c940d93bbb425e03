using System.Globalization;

namespace TaskGrid.Events;

/// <summary>What a reader of a task's events has seen: the id of each event, which it brings along when it comes again.</summary>
/// <param name="Version">The task's version.</param>
/// <param name="Line">The number of the last line of its log.</param>
internal readonly record struct EventPosition(long Version, long Line)
{
    public const string Header = "Last-Event-ID";

    /// <summary>Where a reader stopped; nothing when it is new, or brings what is no position.</summary>
    public static EventPosition? Of(HttpRequest request) =>
        request.Headers[Header].ToString().Split('.') is [var version, var line]
        && long.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var v) && long.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var l)
            ? new(v, l)
            : null;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Version}.{Line}");
}
