using System.Reflection;
using System.Text.RegularExpressions;
using TaskGrid.Tasks;

namespace TaskGrid;

public sealed partial class ArchitectureTests
{
    private static readonly string[] s_pure =
    [
        "Tasks/TaskLifecycle.cs", "Tasks/SubmissionRules.cs", "Tasks/ContentHash.cs", "Tasks/StateLine.cs", "Tasks/LeaseLine.cs",
        "Tasks/TaskRecord.cs", "Tasks/TaskDefinition.cs", "Queues/TakeLine.cs", "Queues/Dispatching.cs", "Queues/NudgeFlag.cs", "Workers/Slots.cs",
        "Workers/DeathWatch.cs", "Workers/LeaseArrivals.cs", "Workers/LeaseComparison.cs", "Workers/SiloLife.cs", "Workers/Beginning.cs", "Workers/OutcomeTries.cs",
        "Tasks/TaskListRules.cs", "Tasks/ArgsRedaction.cs", "Storage/SpanHistogram.cs", "Webhooks/WebhookRules.cs", "Webhooks/WebhookSignature.cs",
    ];

    [Fact]
    public void Contracts_KnowOnlyTheOrleansSdk()
    {
        var project = File.ReadAllText(Path.Combine(Repository.Root, "Grains.Interfaces", "Grains.Interfaces.csproj"));

        Assert.Equal(["Microsoft.Orleans.Sdk"], Package().Matches(project).Select(m => m.Groups[1].Value));
        Assert.DoesNotContain("<ProjectReference", project, StringComparison.Ordinal);
    }

    [Fact]
    public void Engine_KnowsOnlyTheContracts()
    {
        var referenced = typeof(TaskLifecycle).Assembly.GetReferencedAssemblies().Select(a => a.Name!).Where(n => n.StartsWith("TaskGrid", StringComparison.Ordinal));

        Assert.Equal(["TaskGrid.Grains.Interfaces"], referenced);
    }

    [Fact]
    public void PureFiles_ImportNeitherOrleansNorRedis()
    {
        foreach (var file in s_pure)
        {
            var text = File.ReadAllText(Path.Combine(Repository.Root, "Grains", file));
            Assert.DoesNotMatch(@"\b(Orleans|StackExchange)\b", text);
        }
    }

    [Fact]
    public void RedisCommands_AreUsedInTheStoreOnly()
    {
        var outside = Sources("Grains", "Grains.Interfaces", "Client.Web")
            .Where(f => !f.Contains("/Grains/Storage/", StringComparison.Ordinal) && !f.EndsWith("TaskGridHostExtensions.cs", StringComparison.Ordinal)
                && !f.EndsWith("EngineLifecycle.cs", StringComparison.Ordinal));

        Assert.DoesNotContain(outside, f => File.ReadAllText(f).Contains("using StackExchange.Redis", StringComparison.Ordinal));
    }

    [Fact]
    public void Types_LieInTheProjectsNamespaceAndTakeNoNameOfTheFramework()
    {
        foreach (var type in new[] { typeof(TaskLifecycle).Assembly, typeof(TaskSnapshot).Assembly }.SelectMany(OwnTypes))
        {
            Assert.StartsWith("TaskGrid", type.Namespace, StringComparison.Ordinal);
            Assert.DoesNotContain(type.Name, (string[])["Task", "TaskStatus", "TaskScheduler", "TaskFactory"]);
        }
    }

    [Fact]
    public void Sources_HoldNothingUndone() =>
        Assert.DoesNotContain(
            Sources("Grains", "Grains.Interfaces", "Silo", "Client.Web", "tests", "bench").Where(f => !f.EndsWith("ArchitectureTests.cs", StringComparison.Ordinal)),
            f => Undone().IsMatch(File.ReadAllText(f)));

    private static IEnumerable<Type> OwnTypes(Assembly assembly) =>
        assembly.GetTypes().Where(t => t.Namespace?.StartsWith("OrleansCodeGen", StringComparison.Ordinal) == false && !t.Name.Contains('<', StringComparison.Ordinal)
            && !t.IsNested && t.Namespace is not ("System.Text.RegularExpressions.Generated" or "Orleans.Serialization.Codecs" or "Microsoft.CodeAnalysis" or "System.Runtime.CompilerServices"));

    private static IEnumerable<string> Sources(params string[] folders) => folders
        .SelectMany(f => Directory.EnumerateFiles(Path.Combine(Repository.Root, f), "*.cs", SearchOption.AllDirectories))
        .Where(f => !f.Contains("/obj/", StringComparison.Ordinal) && !f.Contains("/bin/", StringComparison.Ordinal));

    [GeneratedRegex("PackageReference Include=\"([^\"]+)\"")]
    private static partial Regex Package();

    [GeneratedRegex("TODO|FIXME|NotImplementedException")]
    private static partial Regex Undone();
}
