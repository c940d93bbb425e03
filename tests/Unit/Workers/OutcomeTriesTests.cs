using TaskGrid.Tasks;

namespace TaskGrid.Workers;

public sealed class OutcomeTriesTests
{
    [Fact]
    public void After_EachTry_DoublesThePauseUpToTwoSeconds()
    {
        var pauses = new List<double>();
        for (var pause = OutcomeTries.FirstPause; pauses.Count < 8; pause = OutcomeTries.After(pause))
        {
            pauses.Add(pause.TotalMilliseconds);
        }

        Assert.Equal([50, 100, 200, 400, 800, 1600, 2000, 2000], pauses);
    }

    [Fact]
    public void DueIn_OfWhatComesAgain_IsItsPause()
    {
        Assert.Equal(TimeSpan.FromSeconds(3), OutcomeTries.DueIn(new Verdict.Retry(new("X", "no"), TimeSpan.FromSeconds(3))));
        Assert.Equal(TimeSpan.FromSeconds(4), OutcomeTries.DueIn(new Verdict.Snooze(TimeSpan.FromSeconds(4))));
        Assert.Null(OutcomeTries.DueIn(new Verdict.Cancel("requested")));
    }
}
