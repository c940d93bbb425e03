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

    public void Dispose() => _folder.Dispose();
}
