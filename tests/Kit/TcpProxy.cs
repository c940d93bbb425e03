using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace TaskGrid.Kit;

/// <summary>
/// A way between two processes that a test can make slow, break, or cut. Portable, where the kernel's own means (netem, nftables) need
/// root or are missing.
/// </summary>
internal sealed class TcpProxy : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<int, (Socket Near, Socket Far)> _links = new();
    private readonly Random _random = new();
    private readonly Task _accepting;
    private Cutting? _cut;
    private int _count;
    private int _held;
    private int _passed;

    /// <param name="target">The loopback port that it leads to.</param>
    /// <param name="at">The address of this machine at which it listens; loopback when it is left out.</param>
    public TcpProxy(int target, IPAddress? at = null)
    {
        Target = target;
        _listener = new(at ?? IPAddress.Loopback, 0);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => EndPoint.Port;

    /// <summary>Where it begins.</summary>
    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>The loopback port that new connections are led to.</summary>
    public int Target { get; set; }

    /// <summary>How much later than it was sent everything arrives, in each direction: between the first and the second.</summary>
    public (TimeSpan Least, TimeSpan Most) Delay { get; set; }

    /// <summary>Nothing gets through and no connection ends, as when a cable is pulled; what is on its way arrives after <see cref="Heal"/>.</summary>
    /// <param name="from">The processes for which it is cut; all of them when it is left out.</param>
    public void Cut(Predicate<int>? from = null) =>
        Interlocked.CompareExchange(ref _cut, new(from is null ? _ => true : link => from(SocketOwner.Of(link.RemoteEndPoint))), null);

    public void Heal() => Interlocked.Exchange(ref _cut, null)?.Healed.SetResult();

    /// <summary>How many connections or pieces of what was sent have stood before a cut.</summary>
    public int Held => Volatile.Read(ref _held);

    /// <summary>How many pieces of what was sent have gone through, either way.</summary>
    public int Passed => Volatile.Read(ref _passed);

    /// <summary>Ends connections as a machine does that has never heard of them.</summary>
    /// <param name="share">Which of them: 1 is all, 0.05 one in twenty.</param>
    /// <returns>How many.</returns>
    public int Reset(double share = 1)
    {
        var broken = 0;
        foreach (var (id, _) in _links)
        {
            if (Chance() < share)
            {
                Break(id);
                broken++;
            }
        }

        return broken;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        Heal();
        Reset();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var near = await _listener.AcceptSocketAsync(_stop.Token);
                _ = LinkAsync(near);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The end.
        }
    }

    private async Task LinkAsync(Socket near)
    {
        var id = Interlocked.Increment(ref _count);
        var far = new Socket(SocketType.Stream, ProtocolType.Tcp);
        _links[id] = (near, far);
        try
        {
            near.NoDelay = far.NoDelay = true;
            await OpenAsync(near);
            await far.ConnectAsync(IPAddress.Loopback, Target, _stop.Token);
            await Task.WhenAny(CopyAsync(near, far, near), CopyAsync(far, near, near));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Nobody is there, or it was broken.
        }

        Break(id);
    }

    /// <summary>Reading goes on while what was read waits for its time, or a slow way would be a narrow one as well.</summary>
    private async Task CopyAsync(Socket from, Socket to, Socket near)
    {
        var way = Channel.CreateBounded<(byte[] Bytes, long Due)>(1024);
        var delivering = DeliverAsync(way.Reader, to, near);
        var buffer = new byte[32 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, _stop.Token) is var read and > 0)
            {
                await way.Writer.WriteAsync((buffer[..read], Environment.TickCount64 + (long)Some(Delay).TotalMilliseconds), _stop.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException or ChannelClosedException)
        {
            // One of the ends is gone.
        }

        way.Writer.TryComplete();
        await delivering;
    }

    private async Task DeliverAsync(ChannelReader<(byte[] Bytes, long Due)> way, Socket to, Socket near)
    {
        try
        {
            await foreach (var (bytes, due) in way.ReadAllAsync(_stop.Token))
            {
                if (due - Environment.TickCount64 is var wait and > 0)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(wait), TimeProvider.System, _stop.Token);
                }

                await OpenAsync(near);
                Interlocked.Increment(ref _passed);
                for (var sent = 0; sent < bytes.Length;)
                {
                    sent += await to.SendAsync(bytes.AsMemory(sent), _stop.Token);
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // One of the ends is gone.
        }
    }

    private Task OpenAsync(Socket near)
    {
        if (Volatile.Read(ref _cut) is not { } cut || !cut.Concerns(near))
        {
            return Task.CompletedTask;
        }

        Interlocked.Increment(ref _held);
        return cut.Healed.Task;
    }

    private TimeSpan Some((TimeSpan Least, TimeSpan Most) range) => range.Least + ((range.Most - range.Least) * Chance());

    private double Chance()
    {
        lock (_random)
        {
            return _random.NextDouble();
        }
    }

    private void Break(int id)
    {
        if (_links.TryRemove(id, out var link))
        {
            foreach (var socket in new[] { link.Near, link.Far })
            {
                socket.LingerState = new(enable: true, seconds: 0);
                socket.Dispose();
            }
        }
    }

    private sealed class Cutting(Predicate<Socket> concerns)
    {
        // Which process a connection is of does not change, and takes a look at all of them to find out.
        private readonly ConcurrentDictionary<Socket, bool> _known = new();

        public TaskCompletionSource Healed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool Concerns(Socket near) => _known.GetOrAdd(near, n => concerns(n));
    }
}
