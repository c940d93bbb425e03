using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace TaskGrid.Workers;

public sealed class LeaseArrivalsTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Slots _slots;
    private readonly HeldLeases _held;
    private readonly Reluctance _reluctance = new();
    private readonly SiloIncarnation _self;
    private readonly WaitingOutcomes _waiting;
    private readonly LeaseArrivals _arrivals;

    public LeaseArrivalsTests()
    {
        _slots = new(1, _time);
        _held = new(null!, null!, _time, NullLogger<HeldLeases>.Instance);
        _self = new(new SiloAddressStub(), _time);
        _waiting = new(_self, _time);
        _arrivals = new(_slots, _held, _reluctance, _waiting, _self);
    }

    [Fact]
    public void Receive_WithAFreeSlot_RunsAndIsHeld()
    {
        Assert.Equal(Arrival.RunsNow, Receive("a"));
        Assert.Equal(Arrival.Waits, Receive("b"));
        Assert.NotNull(_held.Find("a"));
        Assert.NotNull(_held.Find("b"));
    }

    [Fact]
    public void Receive_TooLate_GoesBackUnheld()
    {
        Assert.Equal(Arrival.GoesBack, Receive("a", tooLate: true));
        Assert.Null(_held.Find("a"));
    }

    [Fact]
    public void Receive_WhileAnotherLeaseOfTheTaskIsHeld_GoesBackLater()
    {
        Receive("a");
        Assert.Equal(Arrival.GoesBackLater, Receive("a"));
    }

    [Fact]
    public void Receive_OfATaskThatWasRejectedHere_GoesBackLaterOnce()
    {
        _reluctance.AfterRejection("a");
        Assert.Equal(Arrival.GoesBackLater, Receive("a"));
        Assert.Equal(Arrival.RunsNow, Receive("a"));
    }

    [Fact]
    public void Receive_OnASiloThatStopsOrIsNotConfirmed_GoesBack()
    {
        Assert.Equal(Arrival.GoesBack, Receive("a", stopping: true));
        _time.Advance(SiloIncarnation.Lifetime + TimeSpan.FromMilliseconds(1));
        Assert.Equal(Arrival.GoesBack, Receive("b"));
        Assert.Equal(0, _arrivals.Demand);
    }

    [Fact]
    public void Receive_OfWhatWasAskedForBeforeAllWasOffered_GoesBack()
    {
        Assert.Equal(Arrival.RunsNow, Receive("a", offers: _held.Offers));
        var asked = _held.Offers;
        Assert.Equal(["a"], _held.ToOffer().Select(a => a.Id));
        Assert.Equal(Arrival.GoesBack, Receive("b", offers: asked));
        Assert.Equal(Arrival.Waits, Receive("c", offers: _held.Offers));
    }

    [Fact]
    public void Demand_WhileAnOutcomeWaitsForAStoreThatIsSilent_IsNone()
    {
        _time.Advance(TimeSpan.FromMilliseconds(900));
        _waiting.Add();
        // It was silent before since nothing was asked.
        Assert.Equal(1, _arrivals.Demand);
        _time.Advance(TimeSpan.FromMilliseconds(501));
        Assert.Equal(0, _arrivals.Demand);
        _waiting.Remove();
        Assert.Equal(1, _arrivals.Demand);
    }

    /// <summary>It was asked for before, and would begin where no outcome is stored.</summary>
    [Fact]
    public void Receive_WhileAnOutcomeWaitsForAStoreThatIsSilent_GoesBack()
    {
        _waiting.Add();
        _time.Advance(TimeSpan.FromMilliseconds(501));
        Assert.Equal(Arrival.GoesBack, Receive("a"));
        _waiting.Remove();
        Assert.Equal(Arrival.RunsNow, Receive("b"));
    }

    [Fact]
    public void Demand_WhileTheStoreAnswersOthers_IsWhatThereAreSlots()
    {
        _waiting.Add();
        _waiting.Add();
        _time.Advance(TimeSpan.FromMilliseconds(501));
        _waiting.Remove();
        Assert.Equal(1, _arrivals.Demand);
        // Not even where it does not take one of them.
        _time.Advance(TimeSpan.FromMinutes(1));
        _self.Confirm(_time.GetTimestamp());
        Assert.Equal(1, _arrivals.Demand);
    }

    [Fact]
    public void Demand_WithAThousandOutcomes_IsNone()
    {
        for (var i = 0; i < 1000; i++)
        {
            Assert.Equal(1, _arrivals.Demand);
            _waiting.Add();
        }

        Assert.Equal(0, _arrivals.Demand);
    }

    [Fact]
    public void IsTooLate_AfterSevenSecondsOrInAnotherLife_IsSo()
    {
        var id = _self.Id;
        Assert.False(_arrivals.IsTooLate(TimeSpan.FromSeconds(7), id));
        Assert.True(_arrivals.IsTooLate(TimeSpan.FromSeconds(7.001), id));
        _self.Renew();
        Assert.True(_arrivals.IsTooLate(TimeSpan.Zero, id));
    }

    private Arrival Receive(string id, bool tooLate = false, bool stopping = false, int offers = 0) => _arrivals.Receive(
        new(new(id, 1, 0, 0, "W 1 0 0 0 0 = 0 0 - 0 - 5 1 0 1 default add h -", null, null, "", "-"), "default", _time), tooLate, offers, stopping);
}
