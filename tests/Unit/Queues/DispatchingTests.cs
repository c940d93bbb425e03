using TaskGrid.Storage;

namespace TaskGrid.Queues;

public sealed class DispatchingTests
{
    private static readonly GrantedLease s_lease = new("a", 1, 0, 0, "", null, null, "", "-");

    private readonly Dispatching _dispatching = new();

    [Fact]
    public void Next_AtFirst_AsksTheStoreWhatThereIs()
    {
        Assert.Null(_dispatching.Next());
        var taker = _dispatching.Add(Demand("s1"));
        Assert.Same(taker, _dispatching.Next());
        Assert.Null(_dispatching.Next());
    }

    [Fact]
    public void After_Leases_AnswersTheWorkerAndGoesOnIfThereIsMore()
    {
        var (first, second) = (_dispatching.Add(Demand("s1"))!, _dispatching.Add(Demand("s2"))!);
        Assert.Equal(default, _dispatching.After(_dispatching.Next()!, new(LeaseStatus.Ok, null, More: true, [s_lease])));
        Assert.Equal([s_lease], Answer(first).Leases);
        Assert.Same(second, _dispatching.Next());
        Assert.True(_dispatching.After(second, new(LeaseStatus.Ok, TimeSpan.FromSeconds(3), More: true, [s_lease])) is { WakesWorkers: true, LookAgainIn.Seconds: 3 });
    }

    [Fact]
    public void After_NothingForThisWorker_ServesAnotherUntilSomethingArrives()
    {
        var (first, second) = (_dispatching.Add(Demand("s1"))!, _dispatching.Add(Demand("s2"))!);
        _dispatching.After(_dispatching.Next()!, new(LeaseStatus.Ok, null, More: true, []));
        Assert.False(first.Answer.Task.IsCompleted);
        Assert.Same(second, _dispatching.Next());
        _dispatching.After(second, new(LeaseStatus.Ok, null, More: true, []));
        Assert.Null(_dispatching.Next());
        _dispatching.WorkArrived();
        Assert.NotNull(_dispatching.Next());
    }

    [Fact]
    public void After_WorkThatArrivedWhileTheStoreWasAsked_TriesTheSameWorkerAgain()
    {
        var taker = _dispatching.Add(Demand("s1"))!;
        _dispatching.Next();
        _dispatching.WorkArrived();
        _dispatching.After(taker, new(LeaseStatus.Ok, null, More: true, []));
        Assert.Same(taker, _dispatching.Next());
    }

    [Fact]
    public void NextLook_EndsWithEachAnswerOfTheStoreAndWithTheDispatcher()
    {
        _dispatching.Add(Demand("s1"));
        var first = _dispatching.NextLook;
        Assert.Same(first, _dispatching.NextLook);
        Assert.False(first.IsCompleted);
        _dispatching.After(_dispatching.Next()!, new(LeaseStatus.Ok, null, More: false, []));
        Assert.True(first.IsCompleted);

        var second = _dispatching.NextLook;
        Assert.False(second.IsCompleted);
        _dispatching.Retire();
        Assert.True(second.IsCompleted && _dispatching.NextLook.IsCompleted);
    }

    [Fact]
    public void After_Superseded_RetiresWithEmptyHands()
    {
        var (first, second) = (_dispatching.Add(Demand("s1"))!, _dispatching.Add(Demand("s2"))!);
        Assert.True(_dispatching.After(_dispatching.Next()!, new(LeaseStatus.Superseded, null, false, [])).Retires);
        _dispatching.Retire();
        Assert.Empty(Answer(first).Leases);
        Assert.Empty(Answer(second).Leases);
        Assert.Null(_dispatching.Add(Demand("s3")));
    }

    [Fact]
    public void After_ADeadSilo_IsToldSoAndTheNextIsServed()
    {
        var (first, second) = (_dispatching.Add(Demand("s1"))!, _dispatching.Add(Demand("s2"))!);
        _dispatching.After(_dispatching.Next()!, new(LeaseStatus.DeadSilo, null, false, []));
        Assert.True(Answer(first).WorkerIsDead);
        Assert.Same(second, _dispatching.Next());
    }

    [Fact]
    public void After_NoSlotForWhatComesNext_SaysSoAndAsksForAnother()
    {
        var taker = _dispatching.Add(Demand("s1"))!;
        _dispatching.After(_dispatching.Next()!, new(LeaseStatus.Ok, null, More: true, [], NeedsSlot: true));
        Assert.True(Answer(taker).NeedsSlot);
    }

    [Fact]
    public void After_APausedQueue_TheDemandGoesOnWaiting()
    {
        var taker = _dispatching.Add(Demand("s1"))!;
        _dispatching.After(_dispatching.Next()!, new(LeaseStatus.Paused, null, false, []));
        Assert.False(taker.Answer.Task.IsCompleted);
        Assert.Null(_dispatching.Next());
        _dispatching.WorkArrived();
        Assert.Same(taker, _dispatching.Next());
    }

    [Fact]
    public void EndHold_OfADemandThatIsBeingServed_LeavesItToThatAnswer()
    {
        var taker = _dispatching.Add(Demand("s1"))!;
        _dispatching.Next();
        _dispatching.EndHold(taker);
        Assert.False(taker.Answer.Task.IsCompleted);
        _dispatching.After(taker, new(LeaseStatus.Ok, null, false, []));
        Assert.Empty(Answer(taker).Leases);
    }

    [Fact]
    public void EndHold_OfADemandThatWaits_AnswersItAndItsRepetitions()
    {
        var taker = _dispatching.Add(Demand("s1"))!;
        _dispatching.EndHold(taker);
        Assert.Empty(Answer(taker).Leases);
        Assert.True(_dispatching.Add(Demand("s1"))!.Answer.Task.IsCompleted);
    }

    [Fact]
    public void Add_ADemandForNothing_TakesTheFormerOneBack()
    {
        var taker = _dispatching.Add(Demand("s1"))!;
        Assert.Null(_dispatching.Add(Demand("s1", sequence: 2, max: 0)));
        Assert.Empty(Answer(taker).Leases);
        Assert.True(_dispatching.Line.IsEmpty);
    }

    private static TakeReply Answer(Taker taker)
    {
        Assert.True(taker.Answer.Task.IsCompletedSuccessfully);
        return taker.Answer.Task.Result;
    }

    private static TakeRequest Demand(string silo, long sequence = 1, int max = 1) => new($"{silo}~1", "all", sequence, max, max, TimeSpan.FromSeconds(4));
}
