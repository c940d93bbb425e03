using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;

namespace TaskGrid;

/// <summary>
/// How many tasks may start in a period: a token bucket that fills evenly. Written <c>100/m</c>, or <c>100/m burst 20</c>;
/// the periods are <c>s</c>, <c>m</c>, <c>h</c> and <c>d</c>, and any other by its length: <c>10/00:00:05</c>.
/// </summary>
/// <param name="Count">How many in a period, 1 to 1,000,000.</param>
/// <param name="Period">From 1 s to 1 day.</param>
/// <param name="Burst">How many may start at once after a pause, 1 to 1,000,000; default 1, which spaces starts evenly.</param>
[GenerateSerializer, Immutable, Alias("taskgrid.rate-limit")]
[JsonConverter(typeof(RateLimitConverter))]
public sealed record RateLimit([property: Id(0)] int Count, [property: Id(1)] TimeSpan Period, [property: Id(2)] int Burst = 1) : IParsable<RateLimit>
{
    /// <summary>A number of starts per second.</summary>
    public static RateLimit PerSecond(int count, int burst = 1) => new(count, TimeSpan.FromSeconds(1), burst);

    /// <summary>A number of starts per minute.</summary>
    public static RateLimit PerMinute(int count, int burst = 1) => new(count, TimeSpan.FromMinutes(1), burst);

    /// <summary>A number of starts per hour.</summary>
    public static RateLimit PerHour(int count, int burst = 1) => new(count, TimeSpan.FromHours(1), burst);

    /// <summary>Reads the written form.</summary>
    /// <exception cref="FormatException">It is not of that form.</exception>
    public static RateLimit Parse(string text) => TryParse(text, null, out var rate)
        ? rate
        : throw new FormatException($"'{text}' is not a rate limit; write for example 100/m, or 100/m burst 20, with the period s, m, h, d or hh:mm:ss.");

    /// <inheritdoc/>
    static RateLimit IParsable<RateLimit>.Parse(string s, IFormatProvider? provider) => Parse(s);

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out RateLimit result)
    {
        result = null;
        var words = s?.Split(' ') ?? [];
        if (words is not ([_] or [_, "burst", _]) || words[0].Split('/') is not [var count, var period]
            || !int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || PeriodOf(period) is not { } span)
        {
            return false;
        }

        var burst = 1;
        if (words.Length == 3 && !int.TryParse(words[2], NumberStyles.None, CultureInfo.InvariantCulture, out burst))
        {
            return false;
        }

        result = new(number, span, burst);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var period = Period.TotalSeconds switch
        {
            1 => "s",
            60 => "m",
            3600 => "h",
            86400 => "d",
            _ => Written(Period),
        };
        return string.Create(CultureInfo.InvariantCulture, $"{Count}/{period}{(Burst == 1 ? "" : $" burst {Burst}")}");
    }

    private static TimeSpan? PeriodOf(string text) => text switch
    {
        "s" => TimeSpan.FromSeconds(1),
        "m" => TimeSpan.FromMinutes(1),
        "h" => TimeSpan.FromHours(1),
        "d" => TimeSpan.FromDays(1),
        // Only as it is written: the format by itself takes a lone number for days.
        _ => TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var span) && Written(span) == text ? span : null,
    };

    private static string Written(TimeSpan period) => period.ToString("c", CultureInfo.InvariantCulture);
}
