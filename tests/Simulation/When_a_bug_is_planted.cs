namespace TaskGrid.Simulation;

/// <summary>A simulation that finds nothing proves nothing: each of these mistakes it has to find.</summary>
public sealed class When_a_bug_is_planted(ITestOutputHelper output)
{
    private const int Histories = 100_000;

    public static TheoryData<PlantedBug> Bugs => [.. Enum.GetValues<PlantedBug>().Where(b => b != PlantedBug.None)];

    [Theory]
    [MemberData(nameof(Bugs))]
    public void It_is_found(PlantedBug bug)
    {
        for (var seed = 1; seed <= Histories; seed++)
        {
            if (History.Run(seed, bug).Broken is { } broken)
            {
                // A simulation that falls over has found nothing.
                Assert.DoesNotContain(World.Failed, broken, StringComparison.Ordinal);
                output.WriteLine($"{bug} is found in history {seed}: {broken}");
                return;
            }
        }

        Assert.Fail($"{bug} is not found in {Histories} histories.");
    }
}
