using System.Text.RegularExpressions;

namespace TaskGrid.Unit;

/// <summary>docs/options.md names every option that the code has, and no other.</summary>
public sealed partial class OptionsTableTests
{
    private static readonly string[] s_all = Names(typeof(TaskSettings), typeof(TaskSettings));

    [Theory]
    [InlineData("On every level", typeof(TaskSettings))]
    [InlineData("On the call only", typeof(SubmitOptions))]
    [InlineData("On the task only", typeof(TaskOptions))]
    [InlineData("On a queue", typeof(QueueSettings))]
    public void The_table_names_what_the_type_has(string heading, Type type)
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "docs", "options.md"));
        var section = text[(text.IndexOf($"## {heading}\n", StringComparison.Ordinal) + heading.Length)..].Split("\n## ")[0];
        var named = Row().Matches(section).Select(m => m.Groups[1].Value).Order().ToArray();
        Assert.Equal((type == typeof(TaskSettings) ? s_all : Names(type, type).Except(s_all)).Order(), named);
    }

    [Theory]
    [InlineData("celery")]
    [InlineData("hangfire")]
    public void The_migration_table_names_only_options_that_there_are(string from)
    {
        var known = new[] { typeof(TaskSettings), typeof(SubmitOptions), typeof(TaskOptions), typeof(QueueSettings) }.SelectMany(t => t.GetProperties()).Select(p => p.Name).ToHashSet();
        var text = File.ReadAllText(Path.Combine(Repository.Root, "docs", $"from-{from}.md"));
        var named = Option().Matches(text).Select(m => m.Groups[1].Value).ToArray();
        Assert.True(named.Length > 10, "The table names hardly any option.");
        Assert.All(named, name => Assert.Contains(name, known));
    }

    private static string[] Names(Type type, Type declaring) =>
        [.. type.GetProperties().Where(p => p.CanWrite && (p.DeclaringType == declaring || declaring == typeof(TaskSettings))).Select(p => p.Name)];

    [GeneratedRegex(@"^\| `(\w+)` \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"option `(\w+)`")]
    private static partial Regex Option();
}
