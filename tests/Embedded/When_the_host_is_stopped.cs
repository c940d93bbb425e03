using System.Diagnostics;
using StackExchange.Redis;
using Xunit;

namespace TaskGrid.Embedded;

public sealed class When_the_host_is_stopped(ITestOutputHelper output) : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public async Task The_store_outlives_all_that_uses_it_and_keeps_its_data()
    {
        TimeSpan took;
        using (var application = await ChildProcess.StartApplicationAsync(_folder.Path))
        {
            await using var redis = await ConnectionMultiplexer.ConnectAsync(application.ConnectionString);
            await redis.GetDatabase().StringSetAsync("written", "yes");
            var clock = Stopwatch.StartNew();
            Assert.Equal(0, await application.TerminateAsync());
            took = clock.Elapsed;
        }

        output.WriteLine($"stopped in {took.TotalMilliseconds:0} ms");
        // A stop that something holds up takes the 30 s that a host allows itself.
        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(20));
        using var store = EmbeddedStore.StartOrJoin(_folder.Path, Settings.With());
        await using var again = await ConnectionMultiplexer.ConnectAsync(store.ConnectionString);
        Assert.Equal("yes", await again.GetDatabase().StringGetAsync("written"));
        Assert.Equal("yes", await again.GetDatabase().StringGetAsync("stopped"));
        Assert.Equal("yes", await again.GetDatabase().StringGetAsync("disposed"));
    }

    [Fact]
    public void It_can_be_disposed_of_twice()
    {
        var store = EmbeddedStore.StartOrJoin(_folder.Path, Settings.With());

        store.Dispose();
        store.Dispose();

        using var next = EmbeddedStore.StartOrJoin(_folder.Path, Settings.With());
        Assert.True(next.IsHost);
    }

    public void Dispose() => _folder.Dispose();
}
