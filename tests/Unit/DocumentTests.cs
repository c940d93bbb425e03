using System.Text.RegularExpressions;

namespace TaskGrid;

/// <summary>The examples of documents stand, line for line, in code that is compiled and run.</summary>
public sealed partial class DocumentTests
{
    [Theory]
    [InlineData("docs/testing-your-tasks.md", "tests/Scenarios/Documents/TestingYourTasks.cs")]
    [InlineData("docs/hooks.md", "tests/Scenarios/Documents/Hooks.cs")]
    public void EachExample_StandsInCodeThatRuns(string document, string code)
    {
        var compiled = Lines(File.ReadAllText(Path.Combine(Repository.Root, code)));
        var examples = CSharp().Matches(File.ReadAllText(Path.Combine(Repository.Root, document))).Select(m => Lines(m.Groups[1].Value)).ToArray();

        Assert.NotEmpty(examples);
        Assert.All(examples, example => Assert.Contains(example, compiled, StringComparison.Ordinal));
    }

    private static string Lines(string text) => string.Concat(text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(l => $"{l}\n"));

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CSharp();
}
