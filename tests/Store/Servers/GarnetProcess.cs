using System.Diagnostics;
using Microsoft.Extensions.Logging;
using TaskGrid.Embedded;

namespace TaskGrid.Store;

/// <summary>Garnet as the single process embeds it: in this process, or in a child that a test kills.</summary>
internal sealed class GarnetProcess(int port) : IAsyncDisposable
{
    /// <summary>Makes this program host a store instead of running tests.</summary>
    public const string Argument = "garnet";

    /// <summary>What to leave out, to see by hand what it is for, such as <c>--lua-transaction-mode</c>.</summary>
    private const string WithoutVariable = "TASKGRID_GARNET_WITHOUT";

    /// <summary>In bytes.</summary>
    public const long Memory = 256L << 20;

    private static readonly TimeSpan s_guard = TimeSpan.FromSeconds(60);

    // Without it nobody learns why a connection was closed.
    private static readonly ILoggerFactory s_log = LoggerFactory.Create(
        log => log.SetMinimumLevel(LogLevel.Warning).AddFilter("ArgParser", LogLevel.Error).AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace));

    private readonly string _folder = Directory.CreateTempSubdirectory("taskgrid-garnet-").FullName;
    private Process? _process;

    public string ConnectionString => $"127.0.0.1:{port}";

    public static CommittingGarnet StartHere(int port, string folder)
    {
        // Each wait for a commit holds a thread; growing the pool by one or two a second would stall the first calls.
        ThreadPool.GetMinThreads(out var workers, out var io);
        ThreadPool.SetMinThreads(Math.Max(workers, 64), Math.Max(io, 64));
        var without = Environment.GetEnvironmentVariable(WithoutVariable);
        string[] arguments = [.. GarnetArguments.For(folder, port, Memory).Where(a => a != without)];
        var server = new CommittingGarnet(arguments, s_log);
        server.StartWith(folder);
        return server;
    }

    /// <summary>The child's side: serves until its parent closes its standard input.</summary>
    public static int Host(int port, string folder)
    {
        var server = StartHere(port, folder);
        Console.WriteLine("READY");
        Console.In.ReadToEnd();
        server.Stop();
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
}
