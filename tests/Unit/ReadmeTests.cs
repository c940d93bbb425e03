using System.Text.RegularExpressions;

namespace TaskGrid;

public sealed partial class ReadmeTests
{
    private static readonly string s_readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));

    [Fact]
    public void FirstExample_IsTheProgramThatIsCompiled() =>
        Assert.Equal(File.ReadAllText(Path.Combine(Repository.Root, "tests", "ReadmeHost", "Program.cs")), Examples()[0]);

    [Theory]
    [InlineData("README.md", 1)]
    [InlineData("docs/options.md", 0)]
    [InlineData("docs/queues-and-limits.md", 0)]
    public void FurtherExamples_StandInCodeThatIsCompiled(string document, int after)
    {
        var compiled = ((string[])["Client.cs", "Options.cs"])
            .SelectMany(file => File.ReadAllLines(Path.Combine(Repository.Root, "tests", "ReadmeHost", file))).Select(l => l.Trim()).ToHashSet();
        var examples = CSharp().Matches(File.ReadAllText(Path.Combine(Repository.Root, document))).Select(m => m.Groups[1].Value).Skip(after).ToArray();

        Assert.NotEmpty(examples);
        Assert.All(examples, example => Assert.All(example.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.Contains(line.Trim(), compiled)));
    }

    [Fact]
    public void EveryFileThatDocumentsLinkTo_Exists()
    {
        foreach (var document in Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories).Append(Path.Combine(Repository.Root, "README.md")))
        {
            foreach (var link in Link().Matches(File.ReadAllText(document)).Select(m => m.Groups[1].Value).Where(l => !l.Contains("://", StringComparison.Ordinal)))
            {
                var target = Path.Combine(Path.GetDirectoryName(document)!, link);
                Assert.True(File.Exists(target) || Directory.Exists(target), $"{document} links to {link}");
            }
        }
    }

    private static string[] Examples() => [.. CSharp().Matches(s_readme).Select(m => m.Groups[1].Value)];

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CSharp();

    [GeneratedRegex(@"\]\(([^)#]+)[^)]*\)")]
    private static partial Regex Link();
}
