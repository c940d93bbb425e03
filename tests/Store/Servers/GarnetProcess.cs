using System.Diagnostics;
using Garnet;

namespace TaskGrid.Store;

/// <summary>Garnet as the single process embeds it: in this process, or in a child that a test kills.</summary>
internal sealed class GarnetProcess(int port) : IAsyncDisposable
{
    /// <summary>Makes this program host a store instead of running tests.</summary>
    public const string Argument = "garnet";

    /// <summary>Options to leave out, to see by hand what each is for: e.g. <c>--aof-commit-wait</c>.</summary>
    private const string WithoutVariable = "TASKGRID_GARNET_WITHOUT";

    private static readonly TimeSpan s_guard = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("taskgrid-garnet-").FullName;
    private Process? _process;

    public string ConnectionString => $"127.0.0.1:{port}";

    public static GarnetServer StartHere(int port, string folder)
    {
        // Each commit-wait holds a thread; growing the pool by one or two a second would stall the first calls.
        ThreadPool.GetMinThreads(out var workers, out var io);
        ThreadPool.SetMinThreads(Math.Max(workers, 64), Math.Max(io, 64));
        var server = new GarnetServer(Options(port, folder));
        server.Start();
        return server;
    }

    /// <summary>The child's side: serves until its parent closes its standard input.</summary>
    public static int Host(int port, string folder)
    {
        using var server = StartHere(port, folder);
        Console.WriteLine("READY");
        Console.In.ReadToEnd();
        return 0;
    }

    public async Task StartAsync()
    {
        _process = Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "TaskGrid.Store"), [Argument, $"{port}", _folder])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        var line = await _process.StandardOutput.ReadLineAsync().WaitAsync(s_guard);
        Assert.Equal("READY", line);
    }

    /// <summary>Ends the process as a crash would: none of its code runs again.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync().WaitAsync(s_guard);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            await KillAsync();
        }

        _process?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static string[] Options(int port, string folder)
    {
        var without = Environment.GetEnvironmentVariable(WithoutVariable) ?? "";
        string[] options =
        [
            "-q", "--bind", "127.0.0.1", "--port", $"{port}", "--lua", "--lua-transaction-mode", "--aof", "--aof-commit-wait", "--recover",
            "--device-type", "RandomAccess", "--storage-tier", "--logdir", Path.Combine(folder, "log"), "--checkpointdir", Path.Combine(folder, "cp"),
            "--memory", "256m", "--page", "4m", "--index", "16m",
            "--aof-memory", "32m", "--aof-page-size", "8m", "--aof-segment-size", "64m", "--aof-size-limit", "128m",
        ];
        return [.. options.Where(o => o != without)];
    }
}
