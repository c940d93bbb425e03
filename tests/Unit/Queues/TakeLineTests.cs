namespace TaskGrid.Queues;

public sealed class TakeLineTests
{
    private readonly TakeLine _line = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Next_ServesWhoAsksForMost_ThenWhoWaitedLongest(bool atOnce)
    {
        _line.Add(Demand("a", 1, 4, idle: atOnce ? 4 : 0));
        _line.Add(Demand("b", 1, 8, idle: atOnce ? 8 : 0));
        _line.Add(Demand("c", 1, 8, idle: atOnce ? 8 : 0));

        Assert.Equal(["b", "c", "a"], Enumerable.Range(0, 3).Select(_ => Take()));
        Assert.True(_line.IsEmpty);
    }

    [Fact]
    public void Next_ASiloThatHasMeasuredNothing_IsServedInItsTurn()
    {
        _line.Add(Demand("busier", 1, 200, idle: 15));
        _line.Add(Demand("new", 1, 16, idle: 16));
        _line.Add(Demand("known", 1, 300, idle: 16));

        Assert.Equal(["new", "known", "busier"], Enumerable.Range(0, 3).Select(_ => Take()));
    }

    [Fact]
    public void Add_TheSameSequenceAgain_IsTheSameDemand()
    {
        var first = _line.Add(Demand("a", 5, 4))!;
        _line.Remove(first);
        first.Answer.SetResult(TakeReply.Empty);

        Assert.Same(first, _line.Add(Demand("a", 5, 4)));
        Assert.True(_line.IsEmpty);
    }

    [Fact]
    public void Add_AnOlderSequence_IsAGhost()
    {
        _line.Add(Demand("a", 5, 4));

        Assert.Null(_line.Add(Demand("a", 4, 4)));
    }

    /// <summary>What is leased for it would be lost on its way.</summary>
    [Fact]
    public void Add_ANewerSequence_LeavesADemandThatIsBeingServedToItsAnswer()
    {
        var old = _line.Add(Demand("a", 5, 4))!;
        _line.Remove(old);

        _line.Add(Demand("a", 6, 0));

        Assert.False(old.Answer.Task.IsCompleted);
        _line.PutBack(old);
        Assert.True(old.Answer.Task.IsCompletedSuccessfully);
    }

    [Fact]
    public void Add_ANewerSequence_AnswersTheOlderDemandEmpty()
    {
        var old = _line.Add(Demand("a", 5, 4))!;

        var fresh = _line.Add(Demand("a", 6, 4));

        Assert.True(old.Answer.Task.IsCompletedSuccessfully);
        Assert.Same(fresh, _line.Next());
    }

    [Fact]
    public void Next_WhoCannotBeServed_IsPassedOverUntilRevived()
    {
        _line.Add(Demand("a", 1, 4))!.CannotServe = true;
        Assert.Null(_line.Next());

        _line.Revive();

        Assert.NotNull(_line.Next());
    }

    [Theory]
    [InlineData(false, false, true)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    public void PutBack_OnlyADemandThatStillStands_WaitsAgain(bool expired, bool askedAnew, bool waits)
    {
        var taker = _line.Add(Demand("a", 1, 4))!;
        _line.Remove(taker);
        taker.IsExpired = expired;
        if (askedAnew)
        {
            _line.Remove(_line.Add(Demand("a", 2, 4))!);
        }

        _line.PutBack(taker);

        Assert.Equal(waits, !_line.IsEmpty);
        Assert.Equal(!waits, taker.Answer.Task.IsCompleted);
    }

    [Fact]
    public void IsWaiting_AsksByAddress_WhateverTheIncarnation()
    {
        _line.Add(Demand("127.0.0.1:1@2~3", 1, 4));

        Assert.True(_line.IsWaiting("127.0.0.1:1@2"));
        Assert.False(_line.IsWaiting("127.0.0.1:1@23"));
    }

    private static TakeRequest Demand(string worker, long sequence, int max, int? idle = null) =>
        new(worker.Contains('~', StringComparison.Ordinal) ? worker : worker + "~1", "caps", sequence, max, idle ?? max, TimeSpan.FromSeconds(1));

    private string Take()
    {
        var taker = _line.Next()!;
        _line.Remove(taker);
        return taker.Request.Worker[..^2];
    }
}
