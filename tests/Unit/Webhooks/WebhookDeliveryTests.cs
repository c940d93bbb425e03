using TaskGrid.Webhooks;

namespace TaskGrid.Unit.Webhooks;

public sealed class WebhookDeliveryTests
{
    [Theory]
    [InlineData(1, 0, 5)]
    [InlineData(1, 3, 5)]
    [InlineData(1, 60, 60)]
    [InlineData(3, 1, 45)]
    [InlineData(11, 1, 7200)]
    [InlineData(1, 100_000, 7200)]
    [InlineData(1, -5, 5)]
    public void Pause_IsThatOfTheBackoff_OrWhatTheReceiverAsksForBeyond(int attempt, int asked, int expected) =>
        Assert.Equal(TimeSpan.FromSeconds(expected), WebhookDelivery.PauseAfter(attempt, TimeSpan.FromSeconds(asked), jitter: 1));

    [Fact]
    public void End_IsTheLastPartOfTheId() => Assert.Equal(6, WebhookDelivery.EndOf("taskgrid.webhook.4711.6"));
}
