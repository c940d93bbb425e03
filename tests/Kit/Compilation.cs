namespace TaskGrid.Kit;

/// <summary>How processes that live for seconds are compiled.</summary>
internal static class Compilation
{
    /// <summary>
    /// Once, and what is used much a second time after half a minute without anything new. As it is by default, with measuring code in between, a silo
    /// uses twice the processor time (6.3 instead of 3.3 s) until four seconds after it is ready.
    /// </summary>
    public static IReadOnlyDictionary<string, string> ForShortLives { get; } = new Dictionary<string, string>
    {
        ["DOTNET_TieredPGO"] = "0",
        // In hexadecimal digits: 30,000 ms.
        ["DOTNET_TC_CallCountingDelayMs"] = "7530",
    };
}
