using System.Text;
using System.Text.RegularExpressions;
using TaskGrid.Handlers;
using TaskGrid.Tasks;

namespace TaskGrid.Queues;

/// <summary>The scripts take lanes to pieces again, whatever a key's characters.</summary>
public sealed partial class LaneProperties
{
    private static readonly Regex s_scripts = PatternOfTheScripts();

    [Fact]
    public void Of_AnyTaskKeyAndLimit_IsToldApartByTheScripts() => AssertHolds(c =>
    {
        var parts = s_scripts.Match($"{c.Priority}:{(c.IsSuspect ? "!" : "")}{Lane.Of(c.Task, c.Key, c.Limit)}");
        return parts.Success
            && parts.Groups[1].Value == $"{c.Priority}"
            && parts.Groups[2].Value == (c.IsSuspect ? "!" : "")
            && parts.Groups[3].Value == c.Task
            && parts.Groups[4].Value == (c.Key is null ? "" : Lane.Escape(c.Key))
            && parts.Groups[5].Value == (c.Key is null ? "" : $"{c.Limit}");
    });

    [Fact]
    public void TaskOf_AnyLane_IsItsTask() => AssertHolds(c => Lane.TaskOf(Lane.Of(c.Task, c.Key, c.Limit)) == c.Task);

    [Fact]
    public void Escape_AnyKey_CanBeUndone() => AssertHolds(c => c.Key is null || Uri.UnescapeDataString(Lane.Escape(c.Key)) == c.Key);

    [Fact]
    public void Escape_AnyKey_IsAWordOfFewCharacters() => AssertHolds(c => c.Key is null || Word().IsMatch(Lane.Escape(c.Key)));

    [Fact]
    public void Of_KeysWithTheCharactersThatItUsesItself_AreAllDifferent()
    {
        string[] keys = ["a", "a:", ":a", "a:1", "a 1", "a%3A1", "a%", "%61", "1", "!1", "!", "~a", "ä", "a\u0308", "A", "🜁", " ", "null", "-", "\uffff"];
        var lanes = keys.SelectMany(key => new[] { Lane.Of("t", key, null), Lane.Of("t", key, 1), Lane.Of("t", key, 11) }).Append(Lane.Of("t", null, null)).ToArray();

        Assert.Equal(lanes.Length, lanes.Distinct(StringComparer.Ordinal).Count());
    }

    private static void AssertHolds(Func<Case, bool> law) => Assert.Null(Property.Counterexample(Make, law));

    private static Case Make(Random random)
    {
        // A dot, or two, is no name.
        var task = string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => random.One('a', 'Z', '0', '9', '_', '.', '-'))) is var any && Names.IsValidTaskName(any) ? any : $"{any}-";
        Assert.True(Names.IsValidTaskName(task));
        return new(random.Next(10), random.Next(2) == 0, task, random.Next(5) == 0 ? null : MakeKey(random), random.One<int?>(null, 1, random.Next(1, 10_001)));
    }

    private static string MakeKey(Random random)
    {
        while (true)
        {
            var key = new StringBuilder();
            for (var left = random.Next(1, 12); left > 0; left--)
            {
                var any = new Rune(random.One(random.Next(0x20, 0x7f), random.Next(0xa0, 0xd800), random.Next(0xe000, 0x110000)));
                key.Append(random.Next(3) == 0 ? any.ToString() : random.One(":", "%", "!", "~", " ", "1", "3A", "/", "é"));
            }

            if (SettingsRules.IsText(key.ToString(), 128))
            {
                return key.ToString();
            }
        }
    }

    /// <summary>The pattern that stands in the scripts: a lane has to fit that one and no copy of it.</summary>
    private static Regex PatternOfTheScripts()
    {
        var source = File.ReadAllText(Path.Combine(Repository.Root, "Grains", "Storage", "Lua", "03-limits.lua"));
        return new(ParseLane().Match(source).Groups[1].Value.Replace("%d", "[0-9]", StringComparison.Ordinal), RegexOptions.CultureInvariant);
    }

    [GeneratedRegex(@"local function parse_lane\(lane\)\s+return string\.match\(lane, '([^']+)'\)")]
    private static partial Regex ParseLane();

    [GeneratedRegex("^[A-Za-z0-9._~%-]+$")]
    private static partial Regex Word();

    private sealed record Case(int Priority, bool IsSuspect, string Task, string? Key, int? Limit);
}
