using System.Diagnostics;
using StackExchange.Redis;
using Xunit;

namespace TaskGrid.Embedded;

/// <summary>The data can't be written down to cut the log, and then it can.</summary>
public sealed class When_a_checkpoint_fails : IDisposable
{
    private const int Keys = 200;
    private const int Rounds = 40;

    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    private readonly TempFolder _folder = new();

    private string Checkpoints => Path.Combine(_folder.Path, "cp", "Store");

    [Fact]
    public async Task The_log_is_kept_until_it_works_again()
    {
        var log = new LogProbe();
        using (var store = EmbeddedStore.StartOrJoin(_folder.Path, Settings.With(512), log))
        {
            // No folder can be made where there is a file.
            await File.WriteAllTextAsync(Checkpoints, "");
            await using var redis = await ConnectionMultiplexer.ConnectAsync(store.ConnectionString);
            for (var round = 1; round <= Rounds; round++)
            {
                await WriteAsync(redis.GetDatabase(), round);
            }

            await log.WaitForAsync("can't write its data down");
            await WriteAsync(redis.GetDatabase(), Rounds + 1);
        }

        // It starts with a log that nothing has cut, and fails again.
        log = new LogProbe();
        using (var store = EmbeddedStore.StartOrJoin(_folder.Path, Settings.With(512), log))
        {
            await using var redis = await ConnectionMultiplexer.ConnectAsync(store.ConnectionString);
            await AssertRoundAsync(redis.GetDatabase(), Rounds + 1);
            await log.WaitForAsync("can't write its data down");
            File.Delete(Checkpoints);
            await WaitForOneAsync();
            await WriteAsync(redis.GetDatabase(), Rounds + 2);
        }

        using var last = EmbeddedStore.StartOrJoin(_folder.Path, Settings.With(512));
        await using var reader = await ConnectionMultiplexer.ConnectAsync(last.ConnectionString);
        await AssertRoundAsync(reader.GetDatabase(), Rounds + 2);
    }

    public void Dispose() => _folder.Dispose();

    private static async Task WriteAsync(IDatabase store, int round)
    {
        var text = new string('x', 20_000);
        await Task.WhenAll(Enumerable.Range(0, Keys).Select(key => store.HashSetAsync($"{{g}}:{key}", [new("n", round), new("d", text)])));
    }

    private static async Task AssertRoundAsync(IDatabase store, int round)
    {
        var found = await Task.WhenAll(Enumerable.Range(0, Keys).Select(key => store.HashGetAsync($"{{g}}:{key}", "n")));
        Assert.All(found, n => Assert.Equal(round, (int)n));
    }

    private async Task WaitForOneAsync()
    {
        var since = Stopwatch.StartNew();
        while (!Directory.Exists(Checkpoints))
        {
            Assert.True(since.Elapsed < Guard, "It was not tried again.");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }
}
