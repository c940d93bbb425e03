namespace TaskGrid.Queues;

public sealed class NudgeFlagTests
{
    private readonly NudgeFlag _flag = new();

    [Fact]
    public void Raise_WhileOneIsSent_TellsOfAllThatCameMeanwhileOnce()
    {
        Assert.True(_flag.Raise(TimeSpan.FromSeconds(5)));
        Assert.Equal(TimeSpan.FromSeconds(5), _flag.Lower());
        for (var i = 0; i < 1000; i++)
        {
            Assert.False(_flag.Raise(TimeSpan.FromSeconds(9 + (i % 7))));
        }

        Assert.Equal(TimeSpan.FromSeconds(9), _flag.Lower());
        Assert.Null(_flag.Lower());
        Assert.True(_flag.Raise(TimeSpan.FromSeconds(20)));
    }
}
