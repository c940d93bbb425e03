using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;
using Xunit;

namespace TaskGrid.Embedded;

public sealed class When_a_second_process_opens_the_folder : IDisposable
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    private readonly TempFolder _folder = new();

    [Fact]
    public async Task It_joins_and_never_opens_the_data()
    {
        using var host = await ChildProcess.StartStoreAsync(_folder.Path);

        using (var joined = EmbeddedStore.StartOrJoin(_folder.Path, Settings.With()))
        {
            Assert.False(joined.IsHost);
            Assert.Equal(host.ConnectionString, joined.ConnectionString);
            Assert.Equal(_folder.Path, joined.Folder);
            Assert.Empty(OpenFilesUnder(_folder.Path));
            await using var redis = await ConnectionMultiplexer.ConnectAsync(joined.ConnectionString);
            await redis.GetDatabase().StringSetAsync("from", "the joiner");
        }

        await using var again = await ConnectionMultiplexer.ConnectAsync(host.ConnectionString);
        Assert.Equal("the joiner", await again.GetDatabase().StringGetAsync("from"));
    }

    [Fact]
    public async Task Of_four_that_start_together_one_hosts_and_three_join_it()
    {
        var children = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => ChildProcess.StartStoreAsync(_folder.Path)));

        try
        {
            Assert.Single(children, child => child.Role == "HOSTS");
            Assert.Equal(3, children.Count(child => child.Role == "JOINED"));
            Assert.Single(children.Select(child => child.ConnectionString).Distinct());
        }
        finally
        {
            Array.ForEach(children, child => child.Dispose());
        }
    }

    [Fact]
    public async Task It_gives_up_on_a_host_that_never_answers()
    {
        using var held = FolderLock.TryTake(_folder.Path);
        var time = new FakeTimeProvider();

        var log = new LogProbe();
        var opening = Task.Run(() => EmbeddedStore.StartOrJoin(_folder.Path, Settings.With(), log, time));
        await log.WaitForAsync("still starting");

        time.Advance(new EmbeddedStoreOptions().JoinTimeout + TimeSpan.FromSeconds(1));

        var fault = await Assert.ThrowsAsync<TimeoutException>(() => opening.WaitAsync(Guard, TimeProvider.System));
        Assert.Contains(FolderLock.FileName, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_not_taken_in_by_the_address_of_a_dead_host()
    {
        var nobodysPort = Ports.Free();
        new StoreAddress(_folder.Path).Publish(nobodysPort);
        var starting = FolderLock.TryTake(_folder.Path);
        var log = new LogProbe();
        var opening = Task.Run(() => EmbeddedStore.StartOrJoin(_folder.Path, Settings.With(), log));
        await log.WaitForAsync("still starting");

        // The one that was starting dies: the one that waited hosts, at the address that others may still know.
        starting!.Dispose();
        using var store = await opening.WaitAsync(Guard, TimeProvider.System);

        Assert.True(store.IsHost);
        Assert.StartsWith($"127.0.0.1:{nobodysPort},", store.ConnectionString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_replaces_an_address_whose_port_is_now_somebody_elses()
    {
        using var somebody = new TcpListener(IPAddress.Loopback, 0);
        somebody.Start();
        var taken = ((IPEndPoint)somebody.LocalEndpoint).Port;
        new StoreAddress(_folder.Path).Publish(taken);

        using var store = EmbeddedStore.StartOrJoin(_folder.Path, Settings.With());

        Assert.True(store.IsHost);
        Assert.DoesNotContain($":{taken},", store.ConnectionString, StringComparison.Ordinal);
        Assert.StartsWith($"127.0.0.1:{new StoreAddress(_folder.Path).ReadPort()},", store.ConnectionString, StringComparison.Ordinal);
        await using var redis = await ConnectionMultiplexer.ConnectAsync(store.ConnectionString);
        await redis.GetDatabase().PingAsync();
    }

    public void Dispose() => _folder.Dispose();

    private static IEnumerable<string> OpenFilesUnder(string folder) => new DirectoryInfo("/proc/self/fd").EnumerateFileSystemInfos()
        .Select(file => file.LinkTarget ?? "")
        .Where(target => target.StartsWith(folder, StringComparison.Ordinal));
}
