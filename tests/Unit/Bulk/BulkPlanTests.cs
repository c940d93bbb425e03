namespace TaskGrid.Bulk;

public sealed class BulkPlanTests
{
    private static readonly BulkAction[] s_ofWaiting = [BulkAction.Cancel, BulkAction.Purge, BulkAction.Move];

    [Fact]
    public void IsIndexed_ByQueueOrName_AndByTagOfWhatIsNotFinal()
    {
        foreach (var action in Enum.GetValues<BulkAction>())
        {
            var isIndexed = s_ofWaiting.Contains(action);
            Assert.Equal(isIndexed, BulkPlan.IsIndexed(new() { Action = action, Queue = "q" }));
            Assert.Equal(isIndexed, BulkPlan.IsIndexed(new() { Action = action, Task = "t" }));
            Assert.Equal(isIndexed, BulkPlan.IsIndexed(new() { Action = action, Queue = "q", Task = "t" }));
            Assert.Equal(isIndexed, BulkPlan.IsIndexed(new() { Action = action, Tag = "g", Task = "t" }));
        }
    }

    [Fact]
    public void IsIndexed_ByAnythingElse_IsFalse()
    {
        var request = new BulkRequest { Action = BulkAction.Cancel, Queue = "q" };
        Assert.All(
            (BulkRequest[])
            [
                request with { Queue = "q*" }, request with { Task = "*" }, request with { Tag = "g" }, request with { State = TaskState.Queued }, request with { Parent = "p" },
                request with { Worker = "w" },
                request with { Since = DateTimeOffset.UnixEpoch }, request with { Until = DateTimeOffset.UnixEpoch }, request with { Text = "x" },
            ],
            r => Assert.False(BulkPlan.IsIndexed(r), $"{r}"));
    }

    [Fact]
    public void States_AreThoseOfTheAction()
    {
        Assert.Equal([TaskState.Failed], BulkPlan.States(new() { Action = BulkAction.Retry, Text = "x" }));
        Assert.Equal([TaskState.Cancelled], BulkPlan.States(new() { Action = BulkAction.Retry, State = TaskState.Cancelled }));
        Assert.Equal([TaskState.Succeeded, TaskState.Failed, TaskState.Cancelled], BulkPlan.States(new() { Action = BulkAction.Forget, Text = "x" }));
        Assert.All(s_ofWaiting, action => Assert.Equal([null], BulkPlan.States(new() { Action = action, Text = "x" })));
    }

    [Fact]
    public void Parts_AreWhereTheStateLies()
    {
        string[] queues = ["mail", "mail-eu", "report"], classes = ["F@3600", "S@60", "F@7200"];
        Assert.Equal(["A"], BulkPlan.Parts(null, null, queues, classes));
        Assert.Equal(["L"], BulkPlan.Parts(TaskState.Running, "mail", queues, classes));
        Assert.Equal(["D:mail", "D:mail-eu"], BulkPlan.Parts(TaskState.Scheduled, "mail*", queues, classes));
        Assert.Equal(["F", "F@3600", "F@7200"], BulkPlan.Parts(TaskState.Failed, null, queues, classes));
        Assert.Equal(["C"], BulkPlan.Parts(TaskState.Cancelled, null, queues, classes));
    }

    /// <summary>The version before did what its own plan said with <c>Parts[Part]</c>, and knew fewer members of a request.</summary>
    [Fact]
    public void State_OfPartsOfStates_IsNoneThatTheVersionBeforeGoesOnWith()
    {
        var state = new BulkState { Parts = ["F", "F@60"], Part = ~0 };
        for (var pass = 0; pass < 2; pass++)
        {
            foreach (var part in state.Parts)
            {
                Assert.Equal(part, state.PartNow());
                Assert.True(state.Part < state.Parts.Count);
                Assert.Throws<ArgumentOutOfRangeException>(() => state.Parts[(int)state.Part]);
                state.GoOn();
            }

            Assert.Null(state.PartNow());
            state.Repeat();
        }
    }

    /// <summary>The version before has an int there: what it can't read it leaves alone.</summary>
    [Fact]
    public void State_OfAWorker_HasNoPartThatTheVersionBeforeCanRead()
    {
        var state = new BulkState { Parts = ["F", "F@60"], Part = BulkState.FirstPart(new() { Action = BulkAction.Retry, Worker = "w" }) };
        for (var pass = 0; pass < 2; pass++)
        {
            foreach (var part in state.Parts)
            {
                Assert.Equal(part, state.PartNow());
                Assert.True(state.Part < int.MinValue);
                state.GoOn();
            }

            Assert.Null(state.PartNow());
            Assert.True(state.Part < int.MinValue);
            state.Repeat();
        }
    }

    [Fact]
    public void FirstPart_WithoutAWorker_IsOneThatTheVersionBeforeReads()
    {
        Assert.Equal(0, BulkState.FirstPart(new() { Action = BulkAction.Cancel, Tag = "t" }));
        Assert.Equal(~0, BulkState.FirstPart(new() { Action = BulkAction.Cancel, Text = "t" }));
    }

    [Fact]
    public void State_OfIndexes_GoesFromPartToPart()
    {
        var state = new BulkState { Parts = ["mail"] };
        Assert.Equal("mail", state.PartNow());
        state.GoOn();
        Assert.Null(state.PartNow());
        state.Repeat();
        Assert.Equal("mail", state.PartNow());
    }

    [Fact]
    public void Check_OfEachActionAndState_RefusesWhereThereIsNothingToDo()
    {
        foreach (var (action, states) in ((BulkAction, TaskState[])[])
            [
                (BulkAction.Cancel, [TaskState.Queued, TaskState.Scheduled, TaskState.Retrying, TaskState.Running]), (BulkAction.Purge, [TaskState.Queued, TaskState.Scheduled, TaskState.Retrying]),
                (BulkAction.Move, [TaskState.Queued, TaskState.Scheduled, TaskState.Retrying]), (BulkAction.Retry, [TaskState.Failed, TaskState.Cancelled]),
                (BulkAction.Forget, [TaskState.Succeeded, TaskState.Failed, TaskState.Cancelled]),
            ])
        {
            var fitting = Enum.GetValues<TaskState>().Where(s => BulkRules.Check(new() { Action = action, State = s, Target = action == BulkAction.Move ? "q" : null }) is null);
            Assert.Equal(states.Order(), fitting.Order());
        }
    }

    [Fact]
    public void ToString_SaysWhatIsGiven() => Assert.Equal(
        "Retry state Failed queue mail worker 10.0.0.7:* since 2030-01-31T08:00:00.0000000+00:00 text no luck",
        new BulkRequest { Action = BulkAction.Retry, State = TaskState.Failed, Queue = "mail", Worker = "10.0.0.7:*", Text = "no luck", Since = new(2030, 1, 31, 8, 0, 0, TimeSpan.Zero) }.ToString());
}
