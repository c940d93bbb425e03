using System.Globalization;
using TaskGrid.Queues;
using TaskGrid.Retries;
using TaskGrid.Storage;
using TaskGrid.Tasks;
using TaskGrid.Unit.Handlers;

namespace TaskGrid.Unit;

/// <summary>What is written or read anywhere in the grid is the same whatever the culture of the process that does it.</summary>
public sealed class CultureTests : IDisposable
{
    private readonly HostileCulture _hostile = new();

    public void Dispose() => _hostile.Dispose();

    [Fact]
    public void TheCulture_IsHostile() => Assert.Equal("minus 1,5 1'02", $"{-1.5} {new DateTime(1, 1, 1, 1, 2, 0):H:mm}");

    [Fact]
    public async Task Args_AreBoundAndResultsWritten()
    {
        Delegate handler = (double x, decimal price, int n, long big, DateTimeOffset at, TimeSpan span) =>
            new { x = -x, price = -price, n = -n, big, at, span };

        var result = await Grid.RunAsync(
            handler, """{"x":1.5,"price":-2.25,"n":3,"big":-9007199254740993,"at":"2026-03-29T02:30:00+01:00","span":"-1.02:03:04.5"}""");

        Assert.Equal(
            """{"x":-1.5,"price":2.25,"n":-3,"big":-9007199254740993,"at":"2026-03-29T02:30:00+01:00","span":"-1.02:03:04.5000000"}""", result);
    }

    [Fact]
    public async Task Refusals_SpeakOfNumbersAsJsonWritesThem()
    {
        var task = Grid.Task((double x, int n) => x + n);

        Assert.Contains("from -2147483648 to 2147483647", (await task.RefusalAsync("""{"x":1,"n":"2"}""")).Message, StringComparison.Ordinal);
        Assert.Contains("from -1.7976931348623157E+308 to 1.7976931348623157E+308", (await task.RefusalAsync("""{"x":"1,5","n":2}""")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("100/m")]
    [InlineData("100000/d burst 2000")]
    public void RateLimits_AreReadAndWritten(string text)
    {
        Assert.Equal(text, RateLimit.Parse(text).ToString());
        Assert.Equal($"\"{text}\"", JsonText.From(RateLimit.Parse(text)).ToString());
    }

    [Theory]
    [InlineData("1٬00/m")]
    [InlineData("١٠/m")]
    [InlineData("plus 1/m")]
    public void RateLimits_InTheCulturesOwnWay_AreNotRead(string text) => Assert.False(RateLimit.TryParse(text, CultureInfo.CurrentCulture, out _));

    [Fact]
    public void Limits_AreWrittenForTheStore() =>
        Assert.Equal("1200 428571.4285714286 2000", LimitText.Of(new(1200, new(7, TimeSpan.FromSeconds(3), 2000))));

    [Fact]
    public void Lanes_CarryTheirLimit() => Assert.EndsWith(":1200", Lane.Of("add", "key", 1200), StringComparison.Ordinal);

    [Fact]
    public void Backoff_IsWrittenAndReadBack()
    {
        var backoff = Backoff.Exponential(TimeSpan.FromMilliseconds(1500), factor: 1.25);

        var text = JsonText.From(backoff).ToString();

        Assert.Contains("\"delay\":\"00:00:01.5000000\",\"factor\":1.25", text, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromMilliseconds(1875), BackoffDelay.After(backoff with { Jitter = false }, 2, 0));
    }

    [Fact]
    public void Lines_AreReadAndWritten()
    {
        const string lease = "1805822066688000 127.0.0.1:11111@52~1 2 1763980000000 1 0 qn";
        Assert.Equal(lease, LeaseLine.Parse(lease).ToString());
        Assert.Equal((1763980000000, 0L), (TermsLine.Parse("1763980000000 0 - - - - -").Expires, TermsLine.Parse("1763980000000 0 - - - - -").Deadline));
        Assert.Equal(1763980000000, StateLine.Parse("W 1 0 0 0 0 = 0 0 - 0 - 5 1 1763980000000 1 default add h -").Due);
    }

    [Fact]
    public void Settings_OutOfBounds_AreNamedAsTheyWereGiven()
    {
        Assert.Equal("Priority is -1; use 0 to 9, where 9 is taken first.", SettingsRules.Check(new() { Priority = -1 })!.ToString());
        Assert.Equal("Backoff.Factor is -1.5; use 1 to 100.", SettingsRules.Check(new() { Backoff = new() { Factor = -1.5 } })!.ToString());
    }

    [Fact]
    public void Content_IsTheSameInAllCultures()
    {
        var submission = TaskSubmission.Create(
            "add", new { x = -1.5m, at = new DateTimeOffset(2026, 3, 29, 2, 30, 0, TimeSpan.FromHours(1)) },
            new() { Id = "one", Priority = 7, Delay = TimeSpan.FromSeconds(1.5), Backoff = new() { Factor = 1.5 } });
        var here = (ContentHash.Of(submission), submission.Args.ToString());

        _hostile.Dispose();

        Assert.Equal(here, (ContentHash.Of(submission), TaskSubmission.Create("add", new { x = -1.5m, at = new DateTimeOffset(2026, 3, 29, 2, 30, 0, TimeSpan.FromHours(1)) }).Args.ToString()));
    }

    [Fact]
    public void Instants_AreTheSameInAllTimeZones()
    {
        var instant = new DateTimeOffset(2026, 10, 25, 2, 30, 0, TimeSpan.FromHours(2));
        string HashOf(DateTimeOffset dueAt) => ContentHash.Of(TaskSubmission.Create("add", options: new() { DueAt = dueAt }));

        Assert.Equal(HashOf(instant), HashOf(instant.ToOffset(TimeSpan.FromHours(-9.5))));
        Assert.NotEqual(HashOf(instant), HashOf(instant.AddHours(1)));
    }
}
