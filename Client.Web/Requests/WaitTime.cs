using System.Globalization;
using TaskGrid.Errors;

namespace TaskGrid.Requests;

/// <summary>Reads <c>?wait=SECONDS</c>: how long the caller would wait for the task to become final.</summary>
internal static class WaitTime
{
    public const string Parameter = "wait";

    /// <summary>The time, zero when none is asked for.</summary>
    public static Parsed<TimeSpan> Read(HttpRequest request)
    {
        var asked = request.Query[Parameter];
        if (asked.Count == 0)
        {
            return TimeSpan.Zero;
        }

        return asked.Count == 1
            && double.TryParse(asked[0], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
            && seconds is >= 0 and <= RequestLimits.MaxWaitSeconds
                ? TimeSpan.FromSeconds(seconds)
                : new TaskRefusal(ApiErrorCodes.InvalidRequest, $"A wait is a number of seconds from 0 to {RequestLimits.MaxWaitSeconds}, such as 2.5.", Parameter);
    }
}
