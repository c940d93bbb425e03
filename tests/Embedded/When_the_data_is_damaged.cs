using StackExchange.Redis;
using Xunit;

namespace TaskGrid.Embedded;

public sealed class When_the_data_is_damaged : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public async Task The_store_does_not_start_without_it()
    {
        using (var store = EmbeddedStore.StartOrJoin(_folder.Path, Settings.With()))
        {
            await using var redis = await ConnectionMultiplexer.ConnectAsync($"{store.ConnectionString},allowAdmin=true");
            await redis.GetDatabase().HashSetAsync("task", "state", "queued");
            await redis.GetDatabase().ExecuteAsync("SAVE");
        }

        var files = Directory.GetFiles(_folder.Path, "info.dat*", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        Array.ForEach(files, file => File.WriteAllText(file, "not a checkpoint"));

        var fault = Assert.Throws<InvalidOperationException>(() => EmbeddedStore.StartOrJoin(_folder.Path, Settings.With()));
        Assert.Contains(_folder.Path, fault.Message, StringComparison.Ordinal);
    }

    /// <summary>By itself Garnet takes what it can read for all there was.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(512)]
    public async Task The_store_does_not_start_with_less_of_its_log_than_was_committed(int left)
    {
        using (var store = EmbeddedStore.StartOrJoin(_folder.Path, Settings.With()))
        {
            await using var redis = await ConnectionMultiplexer.ConnectAsync(store.ConnectionString);
            for (var i = 0; i < 1500; i++)
            {
                // Every thousandth commit is written down in a file of its own.
                await redis.GetDatabase().HashSetAsync($"task{i}", "state", "queued");
            }
        }

        using (var log = File.OpenWrite(Path.Combine(_folder.Path, "cp", "AOF", "aof.log.0")))
        {
            log.SetLength(left);
        }

        var fault = Assert.Throws<InvalidOperationException>(() => EmbeddedStore.StartOrJoin(_folder.Path, Settings.With()));
        Assert.Contains(_folder.Path, fault.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
