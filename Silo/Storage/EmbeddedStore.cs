using System.Globalization;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;

namespace TaskGrid.Embedded;

/// <summary>
/// A durable store that speaks the Redis protocol, in this process: what the grid uses when no Redis is configured. The first
/// process to open a data folder hosts the store; every other one on this machine joins it over loopback. A joined process does
/// not take over when the host goes away: its connections wait until a host is back, on the same port if that is still free.
/// </summary>
public sealed partial class EmbeddedStore : IDisposable, IAsyncDisposable
{
    // Waiting for the log to be written blocks a pool thread per connection; the pool grows by one or two a second on its own.
    private const int PoolThreads = 64;

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    private readonly FolderLock? _lock;
    private readonly CommittingGarnet? _server;
    private int _disposed;

    private EmbeddedStore(string folder, int port, FolderLock? folderLock, CommittingGarnet? server)
    {
        Folder = folder;
        ConnectionString = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port},abortConnect=false");
        _lock = folderLock;
        _server = server;
    }

    /// <summary>Whether this process hosts the store; otherwise it has joined the process that does.</summary>
    public bool IsHost => _server is not null;

    /// <summary>How to reach the store, for StackExchange.Redis. Does not contain a secret: the store listens on loopback only.</summary>
    public string ConnectionString { get; }

    /// <summary>The full path of the data folder.</summary>
    public string Folder { get; }

    /// <summary>
    /// Hosts the store of this folder, or joins the process that hosts it. Returns when the store answers: a host has then
    /// recovered its data, and a joiner waits up to a minute for a host that is still doing so.
    /// </summary>
    /// <param name="dataFolder">Created when absent. One store per folder.</param>
    /// <param name="loggers">Receives Garnet's warnings and errors under <c>Garnet.*</c>, and what is being waited for.</param>
    /// <param name="time">The clock of the wait; the system's by default.</param>
    /// <param name="cancellationToken">Ends the wait for another process.</param>
    /// <exception cref="TimeoutException">Another process holds the folder's lock and does not answer.</exception>
    /// <exception cref="InvalidOperationException">The data can't be read. Nothing has been changed.</exception>
    public static EmbeddedStore StartOrJoin(string dataFolder, ILoggerFactory? loggers = null, TimeProvider? time = null, CancellationToken cancellationToken = default) =>
        StartOrJoin(dataFolder, new EmbeddedStoreOptions(), loggers, time, cancellationToken);

    internal static EmbeddedStore StartOrJoin(string dataFolder, EmbeddedStoreOptions options, ILoggerFactory? loggers = null, TimeProvider? time = null, CancellationToken cancellationToken = default)
    {
        loggers ??= NullLoggerFactory.Instance;
        time ??= TimeProvider.System;
        var logger = loggers.CreateLogger<EmbeddedStore>();
        var folder = Directory.CreateDirectory(Path.GetFullPath(dataFolder)).FullName;
        var address = new StoreAddress(folder);
        var waitingSince = time.GetTimestamp();
        for (var tries = 0; ; tries++)
        {
            if (FolderLock.TryTake(folder) is { } folderLock)
            {
                return Host(folder, folderLock, address, options, loggers);
            }

            if (address.ReadPort() is { } port && StoreAddress.Answers(port))
            {
                return new EmbeddedStore(folder, port, folderLock: null, server: null);
            }

            if (time.GetElapsedTime(waitingSince) >= options.JoinTimeout)
            {
                throw new TimeoutException($"Another process holds {Path.Combine(folder, FolderLock.FileName)} but its store does not answer. It may be reading a lot of data: start again later, or stop it.");
            }

            if (tries == 0)
            {
                LogWaiting(logger, folder);
            }

            // Nothing tells of a lock that was let go or a port that was opened in another process: look again.
            cancellationToken.WaitHandle.WaitOne(Poll);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Stops the store if this process hosts it, and lets go of the folder. All that was acknowledged is in its files already.</summary>
    public void Dispose()
    {
        // Garnet throws when it is disposed of twice.
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _server?.Stop();
            _lock?.Dispose();
        }
    }

    /// <inheritdoc cref="Dispose"/>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private static EmbeddedStore Host(string folder, FolderLock folderLock, StoreAddress address, EmbeddedStoreOptions options, ILoggerFactory loggers)
    {
        try
        {
            GrowPool();
            // Joined processes of an earlier host still knock at its port.
            int[] wanted = address.ReadPort() is { } last ? [last, options.Port] : [options.Port];
            var (server, port) = StartServer(folder, wanted, options.Memory, loggers);
            address.Publish(port);
            return new EmbeddedStore(folder, port, folderLock, server);
        }
        catch
        {
            folderLock.Dispose();
            throw;
        }
    }

    private static (CommittingGarnet Server, int Port) StartServer(string folder, int[] wanted, long memory, ILoggerFactory loggers)
    {
        while (true)
        {
            var port = StoreAddress.Choose(wanted);
            CommittingGarnet? server = null;
            try
            {
                server = new CommittingGarnet(GarnetArguments.For(folder, port, memory), new GarnetLogs(loggers));
                server.StartWith(folder);
                return (server, port);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // Somebody took the port while the data was being read.
                server?.Stop();
            }
            catch (Exception e)
            {
                server?.Stop();
                throw new InvalidOperationException($"The embedded store can't open its data in {folder}: {e.Message}", e);
            }
        }
    }

    private static void GrowPool()
    {
        ThreadPool.GetMinThreads(out var workers, out var completions);
        ThreadPool.SetMinThreads(Math.Max(workers, PoolThreads), completions);
    }

    [LoggerMessage(LogLevel.Information, "Another process has the store in {Folder} and is still starting it; waiting for it")]
    private static partial void LogWaiting(ILogger logger, string folder);
}
