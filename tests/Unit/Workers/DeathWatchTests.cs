namespace TaskGrid.Workers;

public sealed class DeathWatchTests
{
    private readonly DeathWatch _watch = new();

    [Fact]
    public void Observe_ABeatThatStandsStill_IsDeadAfterSixSeconds()
    {
        for (var second = 0; second < 6; second++)
        {
            Assert.Empty(Observe(second, ("a", $"{second}"), ("b", "7")));
        }

        Assert.Equal([("b", "7")], Observe(6, ("a", "6"), ("b", "7")));
    }

    [Fact]
    public void Observe_ABeatThatMoves_IsAlive()
    {
        for (var second = 0; second < 60; second++)
        {
            Assert.Empty(Observe(second, ("a", $"{second}"), ("b", $"{second / 5}")));
        }
    }

    [Fact]
    public void Observe_AfterAGapInTheOwnBeats_StartsAnew()
    {
        Observe(0, ("a", "0"), ("b", "7"));
        Observe(1, ("a", "1"), ("b", "7"));

        Assert.Empty(Observe(20, ("a", "2"), ("b", "7")));
        for (var second = 21; second < 26; second++)
        {
            Assert.Empty(Observe(second, ("a", $"{second}"), ("b", "7")));
        }

        Assert.Single(Observe(26, ("a", "26"), ("b", "7")));
    }

    [Fact]
    public void Observe_Itself_IsNeverDead()
    {
        for (var second = 0; second < 20; second++)
        {
            Assert.Empty(Observe(second, ("a", "same")));
        }
    }

    private IReadOnlyList<(string Silo, string Beat)> Observe(int second, params (string Silo, string Beat)[] beats) =>
        _watch.Observe(TimeSpan.FromSeconds(second), beats.ToDictionary(b => b.Silo, b => b.Beat), "a");
}
