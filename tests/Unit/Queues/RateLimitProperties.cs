using TaskGrid.Tasks;

namespace TaskGrid.Queues;

public sealed class RateLimitProperties
{
    [Fact]
    public void Parse_WhatAnyRateIsWrittenAs_IsThatRate() =>
        Assert.Null(Property.Counterexample(Make, rate => SettingsRules.CheckLimit("", null, rate) is null && RateLimit.Parse(rate.ToString()) == rate));

    [Fact]
    public void Json_OfAnyRate_IsReadBack() => Assert.Null(Property.Counterexample(Make, rate => JsonText.From(rate).As<RateLimit>() == rate));

    [Fact]
    public void TryParse_AnyText_IsWrittenTheSameOrDenotesTheSame() => Assert.Null(Property.Counterexample(
        MakeText, text => !RateLimit.TryParse(text, null, out var rate) || (rate.Count >= 0 && rate.Burst >= 0 && RateLimit.Parse(rate.ToString()) == rate)));

    [Theory]
    [InlineData("10/00:00:05", 5)]
    [InlineData("10/s", 1)]
    [InlineData("10/00:01:00", 60)]
    public void Parse_APeriodByItsLengthOrItsLetter_IsThatLong(string text, int seconds) => Assert.Equal(new(10, TimeSpan.FromSeconds(seconds)), RateLimit.Parse(text));

    [Theory]
    [InlineData("10/5")]
    [InlineData("10/0:0:5")]
    [InlineData("10/00:05")]
    [InlineData("10/ 00:00:05")]
    [InlineData("10/w")]
    [InlineData("10/")]
    public void TryParse_APeriodThatCouldMeanAnything_IsNotRead(string text) => Assert.False(RateLimit.TryParse(text, null, out _));

    /// <summary>Every rate that a limit may have.</summary>
    private static RateLimit Make(Random random)
    {
        var day = TimeSpan.FromDays(1);
        var period = random.One(
            TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1), TimeSpan.FromHours(1), day,
            TimeSpan.FromSeconds(random.Next(1, 86_401)), TimeSpan.FromTicks(random.NextInt64(TimeSpan.TicksPerSecond, day.Ticks)));
        return new(random.One(1, 1_000_000, random.Next(1, 1_000_001)), period, random.One(1, 1, random.Next(1, 1_000_001)));
    }

    private static string MakeText(Random random) =>
        string.Concat(Enumerable.Range(0, random.Next(1, 7)).Select(_ => random.One("1", "100", "/", "/", "s", "m", "d", " burst ", "0", "00:00:05", "1.", ":", "-", "+", " ", "²")));
}
