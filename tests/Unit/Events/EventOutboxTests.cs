namespace TaskGrid.Events;

public sealed class EventOutboxTests
{
    private readonly EventOutbox _outbox = new();

    [Fact]
    public void Take_HasOfEachTaskTheLatest_Once()
    {
        _outbox.Add(Event("a", TaskState.Queued));
        _outbox.Add(Event("b", TaskState.Running));
        _outbox.Add(Event("a", TaskState.Succeeded));

        Assert.Equal([Event("a", TaskState.Succeeded), Event("b", TaskState.Running)], _outbox.Take().OrderBy(e => e.Id));
        Assert.Empty(_outbox.Take());
    }

    [Fact]
    public void WhatHappensWhileTheLastIsOnItsWay_IsTakenAfterwards()
    {
        var sending = new TaskCompletionSource();
        _outbox.Add(Event("a", TaskState.Running));
        _outbox.Take();
        _outbox.Sent(sending.Task);
        _outbox.Add(Event("a", TaskState.Succeeded));

        Assert.Empty(_outbox.Take());
        sending.SetResult();
        Assert.Equal([Event("a", TaskState.Succeeded)], _outbox.Take());
    }

    [Fact]
    public void PastTheLimit_TheTasksThatWait_GoOn()
    {
        for (var i = 0; i <= EventOutbox.MaxWaiting; i++)
        {
            _outbox.Add(Event($"{i}", TaskState.Queued));
        }

        _outbox.Add(Event("0", TaskState.Succeeded));

        var taken = _outbox.Take();
        Assert.Equal(EventOutbox.MaxWaiting, taken.Count);
        Assert.Contains(Event("0", TaskState.Succeeded), taken);
        Assert.DoesNotContain(taken, e => e.Id == $"{EventOutbox.MaxWaiting}");
    }

    private static TaskEvent Event(string id, TaskState state) => new(id, "task", "queue", state);
}
