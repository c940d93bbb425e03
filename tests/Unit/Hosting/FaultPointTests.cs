using System.Text.RegularExpressions;
using TaskGrid.Storage;

namespace TaskGrid.Hosting;

public sealed partial class FaultPointTests
{
    private static readonly string[] s_reads = ["beats", "describe", "survey", "leases", "settings", "queues", "list", "history", "totals", "ready", "stand", "running", "errors", "types", "impact", "impactover", "read", "readlog", "readaudit", "classes"];

    [Fact]
    public void Changes_AreTheScriptsOperationsThatDoNotOnlyRead() =>
        Assert.Equal(Operation().Matches(EngineScript.Text).Select(m => m.Groups[1].Value).Except(s_reads).Order(), FaultPoint.Changes);

    [Fact]
    public void Changes_AreAllInTheDocument()
    {
        var document = File.ReadAllText(Path.Combine(Repository.Root, "docs/guarantees.md"));
        Assert.All(FaultPoint.Changes, change => Assert.Contains($"`{change}`", document, StringComparison.Ordinal));
    }

    [Fact]
    public void ExitAt_OfAPointThatIsNone_SaysWhichThereAre()
    {
        var fault = Assert.Throws<InvalidOperationException>(() => new EngineFaults { ExitAt = "after:accept, after:lunch" });
        Assert.Contains("'after:lunch'", fault.Message, StringComparison.Ordinal);
        Assert.Contains("after:accept", fault.Message, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^ops\.(\w+) =", RegexOptions.Multiline)]
    private static partial Regex Operation();
}
