using TaskGrid.Errors;
using Xunit;

namespace TaskGrid.Tests.Web;

public sealed class RestDocumentTests
{
    [Fact]
    public void EveryCode_StandsInTheDocumentBesideItsStatus()
    {
        var document = File.ReadAllLines(Path.Combine(Root(AppContext.BaseDirectory), "docs", "rest.md")).SkipWhile(l => l != "## Errors").ToArray();

        foreach (var code in ProblemStatuses.Codes.Where(c => ProblemStatuses.Of(c) != 200))
        {
            var line = Assert.Single(document, l => l.StartsWith("| ", StringComparison.Ordinal) && l.Contains($"`{code}`", StringComparison.Ordinal));
            Assert.Contains($"{ProblemStatuses.Of(code)}", line.Split('|')[1], StringComparison.Ordinal);
        }
    }

    private static string Root(string folder) => File.Exists(Path.Combine(folder, "Orleans.sln")) ? folder : Root(Path.GetDirectoryName(folder)!);
}
