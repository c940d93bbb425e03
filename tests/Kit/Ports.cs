using System.Net;
using System.Net.Sockets;

namespace TaskGrid.Kit;

/// <summary>Ports for servers that are started, killed and started again.</summary>
internal static class Ports
{
    // Below those that systems give to outgoing connections: one of them could take a port before its server has it, or while that is dead.
    private const int First = 10_240;
    private const int Count = 32_768 - First;

    // Test programs that run at a time begin far from one another.
    private static int s_last = (int)(Environment.ProcessId * 7919L % Count);

    /// <summary>One that nobody listens at, another with each call.</summary>
    public static int Free()
    {
        for (var tries = 0; tries < Count; tries++)
        {
            var port = First + (Interlocked.Increment(ref s_last) % Count);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody else has it.
            }
        }

        throw new InvalidOperationException("No port is free.");
    }
}
