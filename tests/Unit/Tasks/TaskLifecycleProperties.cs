namespace TaskGrid.Tasks;

/// <summary>The laws of an attempt's end, each on 100,000 cases; and that each of them would notice a lifecycle that breaks it.</summary>
public sealed class TaskLifecycleProperties
{
    public static TheoryData<string> Laws => [.. LifecycleLaws.All.Keys];

    public static TheoryData<string> Mistakes => [.. BrokenLifecycles.All.Keys];

    [Theory]
    [MemberData(nameof(Laws))]
    public void After_AnyOutcome_KeepsTheLaw(string law) => Assert.Null(Counterexample(law, LifecycleRules.Real));

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void After_WithAMistake_BreaksItsLaw(string mistake)
    {
        var (law, rules) = BrokenLifecycles.All[mistake];

        Assert.NotNull(Counterexample(law, rules));
    }

    [Fact]
    public void Laws_EachOfThem_NoticesSomeMistake() => Assert.Equal(LifecycleLaws.All.Keys.Order(), BrokenLifecycles.All.Values.Select(b => b.Law).Distinct().Order());

    private static string? Counterexample(string law, LifecycleRules rules)
    {
        var holds = LifecycleLaws.All[law];
        return Property.Counterexample(LifecycleCase.Make, c => holds(c, rules.After(c.Outcome, c.Settings, c.Attempt, c.Jitter), rules));
    }
}
