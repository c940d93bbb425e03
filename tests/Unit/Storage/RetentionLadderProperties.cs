using TaskGrid.Tasks;

namespace TaskGrid.Storage;

public sealed class RetentionLadderProperties
{
    private static readonly TimeSpan s_shortest = TimeSpan.FromMinutes(1);

    [Fact]
    public void StepFor_AnySpan_KeepsAtLeastAsLong() => AssertHolds(keep => Step(keep) >= keep);

    [Fact]
    public void StepFor_AnySpan_KeepsAtMostFiveTimesAsLong() => AssertHolds(keep => Step(keep) <= keep * 5);

    [Fact]
    public void StepFor_AStep_IsItself() => AssertHolds(keep => Step(Step(keep)) == Step(keep));

    [Fact]
    public void StepFor_ALongerSpan_KeepsNoShorter() => AssertHolds(keep => keep >= SettingsRules.Longest || Step(keep + TimeSpan.FromTicks(1)) >= Step(keep));

    [Fact]
    public void StepFor_AllSpans_AreFewSteps()
    {
        var steps = new HashSet<TimeSpan>();
        AssertHolds(keep => steps.Add(Step(keep)) || true);

        Assert.InRange(steps.Count, 10, 23);
    }

    [Fact]
    public void StepFor_MoreThanTheLongest_IsTheLongest() =>
        Assert.Null(Property.Counterexample(random => SettingsRules.Longest + random.Span(TimeSpan.FromDays(100_000)), keep => Step(keep) == SettingsRules.Longest));

    private static TimeSpan Step(TimeSpan keep) => TimeSpan.FromSeconds(RetentionLadder.StepFor(keep));

    /// <summary>For every span that a setting may have.</summary>
    private static void AssertHolds(Func<TimeSpan, bool> law) => Assert.Null(Property.Counterexample(
        random => random.One(s_shortest, SettingsRules.Longest, s_shortest + random.Span(SettingsRules.Longest - s_shortest)), law));
}
