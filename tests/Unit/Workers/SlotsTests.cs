using Microsoft.Extensions.Time.Testing;
using TaskGrid.Storage;

namespace TaskGrid.Workers;

public sealed class SlotsTests
{
    private const string Line = "W 1 0 0 0 0 = 0 0 - 0 - 5 1 0 1 default add h -";

    private readonly FakeTimeProvider _time = new();
    private readonly Slots _slots;

    public SlotsTests() => _slots = new(2, _time);

    [Fact]
    public void TryAdd_UntilTheSlotsAreFull_RunsNow()
    {
        Assert.True(_slots.TryAdd(Lease("a"), out var first) && first);
        Assert.True(_slots.TryAdd(Lease("b"), out var second) && second);
        Assert.True(_slots.TryAdd(Lease("c"), out var third));
        Assert.False(third, "It was asked for when there was room, and waits a moment for a slot.");
        Assert.Equal(2, _slots.Running);
        Assert.True(_slots.Free <= 0);
    }

    [Fact]
    public void TryAdd_AfterShortRuns_LooksAhead()
    {
        Settle(TimeSpan.FromMilliseconds(1));

        var free = _slots.Free;
        Assert.InRange(free, 2 + 35, 2 + 40);
        Fill(2 + 640);
        Assert.False(_slots.TryAdd(Lease("x"), out _), "More than that is never waited with.");
    }

    [Fact]
    public void TryAdd_AfterShortRunsButWithEverySlotTakenForLong_DoesNotLookAhead()
    {
        Settle(TimeSpan.FromMilliseconds(1));
        Fill(2);
        _time.Advance(TimeSpan.FromMilliseconds(21));

        Assert.Equal(0, _slots.Free);
    }

    [Fact]
    public void TakeOverdue_AfterAWrongForecast_LooksAheadNoMore()
    {
        Settle(TimeSpan.FromMilliseconds(1));
        Fill(3);
        _time.Advance(TimeSpan.FromMilliseconds(101));
        Assert.Single(_slots.TakeOverdue());

        _slots.Next(TimeSpan.FromMilliseconds(1));

        Assert.Equal(1, _slots.Free);
    }

    [Fact]
    public void TryAdd_AfterLongRuns_DoesNotLookAhead()
    {
        Settle(TimeSpan.FromSeconds(1));

        Assert.Equal(2, _slots.Free);
    }

    [Fact]
    public void Next_WithSomethingReady_HandsItTheSlotInOrder()
    {
        Settle(TimeSpan.FromMilliseconds(1));
        Fill(4);

        Assert.Equal("t2", _slots.Next(TimeSpan.Zero)?.Id);
        Assert.Equal("t3", _slots.Next(TimeSpan.Zero)?.Id);
        Assert.Null(_slots.Next(TimeSpan.Zero));
        Assert.Equal(1, _slots.Running);
    }

    [Fact]
    public void TakeOverdue_WhatHasWaitedTooLong_IsTakenOut()
    {
        Settle(TimeSpan.FromMilliseconds(1));
        Fill(3);
        _time.Advance(TimeSpan.FromMilliseconds(90));
        Assert.Empty(_slots.TakeOverdue());
        _time.Advance(TimeSpan.FromMilliseconds(11));

        Assert.Equal(["t2"], _slots.TakeOverdue().Select(a => a.Id));
        Assert.False(_slots.AnyReady);
    }

    [Fact]
    public void Close_ReturnsWhatHasNotBegun_AndTakesNothingMore()
    {
        Settle(TimeSpan.FromMilliseconds(1));
        Fill(4);

        Assert.Equal(["t2", "t3"], _slots.Close().Select(a => a.Id));
        Assert.Equal(0, _slots.Free);
        Assert.False(_slots.TryAdd(Lease("x"), out _));
        _slots.Reopen();
        _slots.Next(TimeSpan.Zero);
        Assert.True(_slots.Free > 0);
    }

    [Fact]
    public void Freed_WhenAnAttemptEnds_Completes()
    {
        Fill(2);
        var freed = _slots.Freed;
        Assert.False(freed.IsCompleted);

        _slots.Next(TimeSpan.Zero);

        Assert.True(freed.IsCompletedSuccessfully);
    }

    [Fact]
    public void TryLeak_AnAttemptWhoseCodeRuns_KeepsItsSlotTaken()
    {
        var attempt = Lease("a");
        _slots.TryAdd(attempt, out _);

        Assert.True(_slots.TryLeak(attempt));

        Assert.Equal((1, 1, 1), (_slots.Running, _slots.Leaked, _slots.Free));
        Assert.True(_slots.IsLeaked(attempt) && _slots.HasLeaked("a") && !_slots.HasLeaked("b"));
        Assert.False(attempt.TryConclude(), "What its code comes to does not count any more.");
        _slots.Reclaim(attempt);
        _slots.Next(TimeSpan.FromSeconds(1));
        Assert.Equal((0, 0, 2), (_slots.Running, _slots.Leaked, _slots.Free));
    }

    [Fact]
    public void TryLeak_AnAttemptWhoseCodeHasEnded_LeaksNothing()
    {
        var attempt = Lease("a");
        _slots.TryAdd(attempt, out _);
        attempt.TryConclude();

        Assert.False(_slots.TryLeak(attempt));

        Assert.Equal(0, _slots.Leaked);
    }

    [Fact]
    public void Free_WithEverySlotLeaked_IsNoneEvenAfterShortRuns()
    {
        Settle(TimeSpan.FromMilliseconds(1));
        foreach (var id in new[] { "a", "b" })
        {
            var attempt = Lease(id);
            _slots.TryAdd(attempt, out _);
            _slots.TryLeak(attempt);
        }

        Assert.Equal(0, _slots.Free);
    }

    private Attempt Lease(string id) => new(new GrantedLease(id, 1, 1, 1, Line, null, null, "", "-"), "default", _time);

    private void Fill(int count)
    {
        for (var i = 0; i < count; i++)
        {
            Assert.True(_slots.TryAdd(Lease($"t{i}"), out _));
        }
    }

    private void Settle(TimeSpan run)
    {
        for (var i = 0; i < 2000; i++)
        {
            _slots.TryAdd(Lease("s"), out _);
            _slots.Next(run);
        }
    }
}
