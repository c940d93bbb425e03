using System.Diagnostics;
using StackExchange.Redis;

namespace TaskGrid.Kit;

/// <summary>A redis-server of the test's own, on a free loopback port, with the durability that the README asks for; stopped by its pid.</summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private readonly IReadOnlyList<string> _runner;
    private readonly string[] _settings;
    private readonly DiskTrace? _disk;
    private Process _process;

    private RedisServer(int port, string folder, bool traced, TimeSpan syncTakes, IReadOnlyList<string> runner, string[] settings)
    {
        (Port, Folder, _runner, _settings) = (port, folder, runner, settings);
        _disk = traced ? new(System.IO.Path.Combine(Folder, "trace"), syncTakes) : null;
        _process = Start();
    }

    public int Port { get; }

    public int Pid => _disk is null ? _process.Id : DiskTrace.TracedBy(_process.Id);

    public string ConnectionString => $"127.0.0.1:{Port}";

    /// <summary>Where it keeps what it is told: the append-only file has every command that has changed anything.</summary>
    public string Folder { get; }

    /// <summary>The path of redis-server, or <c>null</c> when this machine has none.</summary>
    public static string? Path { get; } = Programs.Find("redis-server");

    /// <param name="traced">Whether <see cref="CutPowerAsync"/> will be asked for; needs strace.</param>
    /// <param name="settings">More of redis-server's own, which come after those of every server here.</param>
    public static Task<RedisServer> StartAsync(bool traced = false, params string[] settings) => StartAsync(NewFolder(), traced, TimeSpan.Zero, [], settings);

    /// <summary>One that a command becomes, which comes before it.</summary>
    public static Task<RedisServer> StartAfterAsync(IReadOnlyList<string> runner) => StartAsync(NewFolder(), traced: false, TimeSpan.Zero, runner, []);

    /// <summary>One that keeps what it is told in a folder that there is: it goes with the server.</summary>
    public static Task<RedisServer> StartInAsync(string folder) => StartAsync(folder, traced: false, TimeSpan.Zero, [], []);

    /// <summary>One on a disk of which each sync takes so long; needs strace.</summary>
    public static Task<RedisServer> StartOnSlowDiskAsync(TimeSpan syncTakes, params string[] settings) => StartAsync(NewFolder(), traced: true, syncTakes, [], settings);

    /// <summary>
    /// Ends it with all that it has answered handed to the kernel. A crash at any other moment may take a little more: with <c>everysec</c> it answers while a
    /// sync is on its way, writes that down afterwards, and nobody can tell which answers those were.
    /// </summary>
    public async Task KillWrittenAsync()
    {
        await using (var admin = await ConnectionMultiplexer.ConnectAsync($"{ConnectionString},allowAdmin=true,asyncTimeout=60000"))
        {
            // Until it is started again.
            await admin.GetServers()[0].ConfigSetAsync("appendfsync", "always");
        }

        await KillAsync();
    }

    /// <summary>Ends the server as a crash would, with the child that rewrites its file, if there is one: that would go on writing into the folder.</summary>
    public async Task KillAsync()
    {
        if (_disk is null)
        {
            _process.Kill(entireProcessTree: true);
        }
        else
        {
            // It ends first, or what it wrote without being watched would count as not on the disk.
            await SignalAsync("KILL");
        }

        await _process.WaitForExitAsync();
        // Its output has ended when the child, which inherited it, is gone as well: nobody else tells of that.
        await _process.StandardOutput.ReadToEndAsync();
    }

    /// <summary>
    /// Ends the server as a loss of power does: what it had written and not yet synced to the disk is gone.
    /// </summary>
    /// <returns>How many bytes were cut away.</returns>
    public async Task<long> CutPowerAsync()
    {
        await KillAsync();
        return _disk!.CutUnsynced(Directory.GetFiles(System.IO.Path.Combine(Folder, "appendonlydir"), "*.incr.aof").Single());
    }

    /// <summary>Sends a signal by name, for example STOP.</summary>
    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{Pid}"]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Waits until a replica has what its primary has, and hears of what comes.</summary>
    public async Task SyncedAsync()
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync($"{ConnectionString},allowAdmin=true");
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        for (var tries = 0; ; tries++)
        {
            var info = (await connection.GetServers()[0].InfoAsync("replication")).SelectMany(g => g);
            if (info.Contains(new("master_link_status", "up")))
            {
                return;
            }

            await tick.WaitForNextTickAsync();
            if (tries == 600)
            {
                throw new TimeoutException("The replica does not reach its primary.");
            }
        }
    }

    /// <summary>Every command that has changed anything, as its append-only file has them.</summary>
    public async Task<IReadOnlyList<string>> WrittenAsync()
    {
        var written = await Task.WhenAll(Directory.GetFiles(System.IO.Path.Combine(Folder, "appendonlydir"), "*.incr.aof").Select(f => File.ReadAllTextAsync(f)));
        return [.. written.SelectMany(w => w.Split("\r\n*"))];
    }

    /// <summary>What its clock says.</summary>
    public async Task<DateTimeOffset> TimeAsync()
    {
        await using var admin = await ConnectionMultiplexer.ConnectAsync($"{ConnectionString},allowAdmin=true");
        return await admin.GetServers()[0].TimeAsync();
    }

    /// <summary>Starts it again on the same port and with nothing of what it had been told, as from a disk that was lost.</summary>
    public async Task RestartEmptyAsync()
    {
        await KillAsync();
        Directory.Delete(System.IO.Path.Combine(Folder, "appendonlydir"), recursive: true);
        await RestartAsync();
    }

    /// <summary>Makes a replica a primary.</summary>
    public async Task PromoteAsync()
    {
        await using var admin = await ConnectionMultiplexer.ConnectAsync($"{ConnectionString},allowAdmin=true");
        await admin.GetServers()[0].MakePrimaryAsync(ReplicationChangeOptions.None);
    }

    /// <summary>Starts it again on the same port and folder.</summary>
    public async Task RestartAsync()
    {
        _process = Start();
        await ReadyAsync();
    }

    /// <summary>Ends it and forgets what it was told. Whoever started it and whoever uses it may both do so.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        if (Directory.Exists(Folder))
        {
            Directory.Delete(Folder, recursive: true);
        }
    }

    private static string NewFolder() => Directory.CreateTempSubdirectory("taskgrid-redis-").FullName;

    private static async Task<RedisServer> StartAsync(string folder, bool traced, TimeSpan syncTakes, IReadOnlyList<string> runner, string[] settings)
    {
        var server = new RedisServer(Ports.Free(), folder, traced, syncTakes, runner, settings);
        try
        {
            await server.ReadyAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    private Process Start()
    {
        string[] command =
        [
            .. _runner, Path ?? throw new InvalidOperationException("redis-server is not installed."),
            "--port", $"{Port}", "--bind", "127.0.0.1", "--dir", Folder, "--save", "", "--appendonly", "yes", "--appendfsync", "everysec",
            "--maxmemory-policy", "noeviction", "--logfile", System.IO.Path.Combine(Folder, "log"), .. _settings,
        ];
        if (_disk is not null)
        {
            command = [.. _disk.Command, .. command, "--auto-aof-rewrite-percentage", "0"];
        }

        return Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true })!;
    }

    private async Task ReadyAsync()
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                await using var connection = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{Port},connectTimeout=1000");
                await connection.GetDatabase().PingAsync();
                return;
            }
            catch (Exception e) when (tries < 50 && e is RedisException or TimeoutException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            }
        }
    }
}
