using System.Diagnostics;
using System.Text.RegularExpressions;
using TaskGrid.Errors;
using TaskGrid.Kit;
using Xunit;

namespace TaskGrid.Tests.Web;

public sealed partial class RestDocumentTests(SingleProcess process)
{
    private static readonly string s_document = Path.Combine(Repository.Root, "docs", "rest.md");

    [Fact]
    public void EveryCode_StandsInTheDocumentBesideItsStatus()
    {
        var document = File.ReadAllLines(s_document).SkipWhile(l => l != "## Errors").ToArray();

        foreach (var code in ProblemStatuses.Codes.Where(c => ProblemStatuses.Of(c) != 200))
        {
            var line = Assert.Single(document, l => l.StartsWith("| ", StringComparison.Ordinal) && l.Contains($"`{code}`", StringComparison.Ordinal));
            Assert.Contains($"{ProblemStatuses.Of(code)}", line.Split('|')[1], StringComparison.Ordinal);
        }
    }

    /// <summary>Its table is the OpenAPI document's, whose operations the other tests ask for one by one.</summary>
    [Fact]
    public async Task EveryOperation_StandsInTheTable()
    {
        using var response = await process.Client.ReadAsync("/openapi/v1.json");
        var operations = (await response.JsonAsync()).GetProperty("paths").EnumerateObject().Where(p => p.Name.StartsWith("/api/v1/", StringComparison.Ordinal))
            .SelectMany(p => p.Value.EnumerateObject().Select(m => $"{m.Name.ToUpperInvariant()} {p.Name["/api/v1".Length..]}"));
        var table = File.ReadLines(s_document).TakeWhile(l => !l.StartsWith("```", StringComparison.Ordinal)).Where(l => l.StartsWith("| `", StringComparison.Ordinal))
            .SelectMany(l => Operation().Matches(l.Split('|')[1]).Select(m => m.Groups[1].Value));

        Assert.Equal(operations.Order(), table.Order());
    }

    [GeneratedRegex("`((?:GET|POST|PUT|PATCH|DELETE) /[^`]*)`")]
    private static partial Regex Operation();

    /// <summary>Copied as they stand, from the first to the last: each does what it says.</summary>
    [Fact]
    public async Task The_commands_of_the_document_work()
    {
        Assert.SkipWhen(Programs.Find("curl") is null || Programs.Find("bash") is null, "bash and curl are not installed (Debian: apt-get install bash curl)");
        var commands = (await File.ReadAllTextAsync(s_document, TestContext.Current.CancellationToken)).Split("## All of it with curl")[1].Split("```bash\n")[1].Split("```")[0];
        Assert.Contains("http://localhost:5000", commands, StringComparison.Ordinal);
        var here = commands.Replace("http://localhost:5000", process.Client.BaseAddress!.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal);
        using var bash = Process.Start(new ProcessStartInfo("bash", ["-e", "-c", here]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (said, complained) = (bash.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), bash.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await bash.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(bash.ExitCode == 0, $"It ended with {bash.ExitCode} after:\n{await said}\n{await complained}");
        foreach (var answer in new[] { "\"result\":5", "\"current\":5", "\"cancelRequested\":", "hard luck", "\"queue\":\"day\"", "\"isComplete\":true", "\"action\":\"Forget\"", "\"finishedAt\":", "\"isPaused\":true" })
        {
            Assert.Contains(answer, await said, StringComparison.Ordinal);
        }
    }
}
