using Microsoft.Extensions.Time.Testing;

namespace TaskGrid.Storage;

public sealed class StoreTimeProperties
{
    private static readonly DateTimeOffset s_start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    /// <summary>Whatever the answers take, what is made of them is off by no more than half of what the quickest took, and the drift since then.</summary>
    [Fact]
    public void Until_AfterAnyAnswers_IsAsExactAsTheQuickestOfThem() => Assert.Null(Property.Counterexample(
        random => random.Next(), seed => Worst(new(seed)) is var (error, allowed) && error <= allowed));

    [Fact]
    public void Until_BeforeTheFirstAnswer_IsUnknown() => Assert.Null(new StoreTime(new FakeTimeProvider()).Until(TimeSpan.FromHours(1)));

    [Fact]
    public void Until_AfterTheStoresClockWasSet_GoesByTheNewOne()
    {
        var time = new FakeTimeProvider();
        var store = new StoreTime(time);
        store.Observe(store.Now, store.Now, TimeSpan.FromHours(1));
        time.Advance(TimeSpan.FromSeconds(1));
        store.Observe(store.Now, store.Now, TimeSpan.FromHours(5));
        Assert.Equal(TimeSpan.FromHours(1), store.Until(TimeSpan.FromHours(6)));
        store.Observe(store.Now, store.Now, TimeSpan.FromHours(2));
        Assert.Equal(TimeSpan.FromHours(1), store.Until(TimeSpan.FromHours(3)));
    }

    private static (TimeSpan Error, TimeSpan Allowed) Worst(Random random)
    {
        var time = new FakeTimeProvider(s_start);
        var store = new StoreTime(time);
        var ahead = TimeSpan.FromTicks(random.NextInt64(TimeSpan.TicksPerDay));
        var quickest = TimeSpan.MaxValue;
        var drift = TimeSpan.Zero;
        for (var i = random.Next(1, 8); i > 0; i--)
        {
            var passed = random.Span(TimeSpan.FromMinutes(1));
            time.Advance(passed);
            // By 200 ppm at most, in either direction.
            var drifted = TimeSpan.FromTicks((long)(passed.Ticks * random.Next(-200, 201) / 1_000_000d));
            ahead += drifted;
            drift += passed * 0.0005;
            var sent = store.Now;
            var (there, back) = (random.Span(TimeSpan.FromMilliseconds(50)), random.Span(TimeSpan.FromMilliseconds(50)));
            time.Advance(there);
            var shown = time.GetUtcNow() - DateTimeOffset.UnixEpoch + ahead;
            time.Advance(back);
            quickest = there + back < quickest ? there + back : quickest;
            store.Observe(sent, store.Now, shown);
        }

        var truth = time.GetUtcNow() - DateTimeOffset.UnixEpoch + ahead;
        var error = store.Until(truth)!.Value.Duration();
        return (error, (quickest / 2) + (drift * 2) + TimeSpan.FromMilliseconds(1));
    }
}
