using System.Globalization;
using TaskGrid.Errors;

namespace TaskGrid.Requests;

/// <summary>
/// Reads how long the caller would wait for the task to become final: <c>?wait=SECONDS</c>, which is refused when it can't be read, or the
/// header <c>Prefer: wait=SECONDS</c> (RFC 7240), which is then ignored, as preferences are.
/// </summary>
internal static class WaitTime
{
    public const string Parameter = "wait";

    /// <summary>The time, zero when none is asked for.</summary>
    public static Parsed<TimeSpan> Read(HttpContext http)
    {
        var asked = http.Request.Query[Parameter];
        if (asked.Count == 0)
        {
            return Preferred(http);
        }

        return asked.Count == 1
            && double.TryParse(asked[0], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
            && seconds is >= 0 and <= RequestLimits.MaxWaitSeconds
                ? TimeSpan.FromSeconds(seconds)
                : new TaskRefusal(ApiErrorCodes.InvalidRequest, $"A wait is a number of seconds from 0 to {RequestLimits.MaxWaitSeconds}, such as 2.5.", Parameter);
    }

    private static TimeSpan Preferred(HttpContext http)
    {
        if (http.Request.Headers["Prefer"].SelectMany(h => h?.Split(',') ?? []).Select(Seconds).FirstOrDefault(s => s is not null) is not { } asked)
        {
            return TimeSpan.Zero;
        }

        var seconds = Math.Min(asked, (int)RequestLimits.MaxWaitSeconds);
        http.Response.Headers["Preference-Applied"] = string.Create(CultureInfo.InvariantCulture, $"{Parameter}={seconds}");
        return TimeSpan.FromSeconds(seconds);
    }

    private static int? Seconds(string preference) =>
        preference.Split(';')[0].Split('=') is [var name, var value]
        && name.Trim().Equals(Parameter, StringComparison.OrdinalIgnoreCase)
        && int.TryParse(value.Trim().Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? seconds
            : null;
}
