namespace TaskGrid.Storage;

/// <summary>Limits as the scripts keep them: concurrency, the microseconds between two starts, and the burst; <c>-</c> for none.</summary>
internal static class LimitText
{
    /// <summary>The text; empty when nothing is limited.</summary>
    public static string Of(Limits? limits) => limits switch
    {
        null or { Concurrency: null, Rate: null } => "",
        { Rate: null } => FormattableString.Invariant($"{limits.Concurrency} - -"),
        { Rate: { } rate } => FormattableString.Invariant($"{limits.Concurrency?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "-"} {rate.Period.TotalMicroseconds / rate.Count:R} {rate.Burst}"),
    };
}
