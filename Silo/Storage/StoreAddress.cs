using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace TaskGrid.Embedded;

/// <summary>Where the process that hosts the store says that it listens: one line in a file beside the lock.</summary>
internal sealed class StoreAddress(string folder)
{
    public const string FileName = "store.address";

    private readonly string _path = Path.Combine(folder, FileName);

    /// <summary>Writes the address so that a reader sees the old file or the whole new one, never half of it.</summary>
    public void Publish(int port)
    {
        var draft = $"{_path}.{Environment.ProcessId}";
        File.WriteAllText(draft, $"127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}\n");
        File.Move(draft, _path, overwrite: true);
    }

    /// <summary>The port last published, perhaps by a process that is long gone; null when there is none that can be read.</summary>
    public int? ReadPort()
    {
        try
        {
            return IPEndPoint.TryParse(File.ReadAllText(_path).Trim(), out var address) && address.Port > 0 ? address.Port : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Whether somebody listens there now.</summary>
    public static bool Answers(int port)
    {
        try
        {
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            probe.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>The first of the wanted ports that is free, else any that is.</summary>
    public static int Choose(IEnumerable<int> wanted) => wanted.FirstOrDefault(IsFree) is var port and not 0 ? port : AnyFree();

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int AnyFree()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
