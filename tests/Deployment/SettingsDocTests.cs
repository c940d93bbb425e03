using System.Text.RegularExpressions;

namespace TaskGrid.Deployment;

/// <summary>The table of settings in docs/deployment.md against the code.</summary>
public sealed partial class SettingsDocTests
{
    private static readonly IReadOnlyDictionary<string, string> s_documented = Row()
        .Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "deployment.md")))
        .ToDictionary(m => m.Groups["key"].Value.Replace("__", ":", StringComparison.Ordinal), m => m.Groups["default"].Value);

    [Fact]
    public void Table_HoldsEveryKeyThatTheCodeReads_AndNoOther() =>
        Assert.Equal(KnownSettings.OfOptions.Keys.Concat(KnownSettings.Raw).Distinct().Order(StringComparer.Ordinal), s_documented.Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void Table_GivesTheDefaultsOfTheOptions()
    {
        foreach (var (key, value) in KnownSettings.OfOptions)
        {
            Assert.Equal((key, value), (key, s_documented[key]));
        }
    }

    [GeneratedRegex(@"^\| `(?<key>[A-Za-z]+(?:__[A-Za-z]+)+)` \| (?:`(?<default>[^`]*)`)?", RegexOptions.Multiline)]
    private static partial Regex Row();
}
