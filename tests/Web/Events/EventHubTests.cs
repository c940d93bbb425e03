using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using TaskGrid.Events;
using Xunit;

namespace TaskGrid.Tests.Web.Events;

public sealed class EventHubTests(SingleProcess process)
{
    private static readonly TimeSpan s_guard = TimeSpan.FromSeconds(30);

    /// <summary>A store that was wiped or taken back knows of no subscription; who holds one is not told.</summary>
    [Fact]
    public async Task A_subscription_that_is_gone_from_the_store_is_made_again()
    {
        var client = process.Web.App.Services.GetRequiredService<IClusterClient>();
        var time = new FakeTimeProvider();
        using var hub = new EventHub(client, time, NullLogger<EventHub>.Instance);
        Assert.True(await IsHeardAsync(hub, "hub-before"));

        var stream = client.GetStreamProvider(EventStreams.Provider).GetStream<TaskEvent[]>(hub.Stream);
        foreach (var handle in await stream.GetAllSubscriptionHandles())
        {
            await handle.UnsubscribeAsync();
        }

        time.Advance(TimeSpan.FromSeconds(61));
        Assert.True(await IsHeardAsync(hub, "hub-after"));
        Assert.Single(await stream.GetAllSubscriptionHandles());
    }

    private async Task<bool> IsHeardAsync(EventHub hub, string id)
    {
        using var watch = await hub.WatchAsync(id);
        await process.Client.SubmitAsync($$"""{"task":"add","args":[1,2],"id":"{{id}}","delay":3600}""");
        return await watch.NextAsync(TimeSpan.FromHours(1), TestContext.Current.CancellationToken).WaitAsync(s_guard, TimeProvider.System, TestContext.Current.CancellationToken);
    }
}
