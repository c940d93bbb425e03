using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;

namespace TaskGrid.Hosting;

/// <summary>
/// Where a silo listens. Loopback unless <c>TaskGrid:Address</c> says otherwise: an address, a name, or <c>auto</c> for the
/// machine's own. The default ports, or free ones when those are taken, so that several silos run on one machine without settings.
/// </summary>
/// <param name="Address">The address that other silos and clients are told.</param>
/// <param name="SiloPort">Silo to silo.</param>
/// <param name="GatewayPort">Clients to silo.</param>
internal sealed record SiloEndpoints(IPAddress Address, int SiloPort, int GatewayPort)
{
    private const string Auto = "auto";
    private const int DefaultSiloPort = 11111;
    private const int DefaultGatewayPort = 30000;

    public static SiloEndpoints From(IConfiguration configuration)
    {
        var address = AddressOf(configuration["TaskGrid:Address"] ?? "127.0.0.1");
        return new(
            address,
            Port(address, configuration.GetValue<int?>("TaskGrid:SiloPort"), DefaultSiloPort),
            Port(address, configuration.GetValue<int?>("TaskGrid:GatewayPort"), DefaultGatewayPort));
    }

    private static IPAddress AddressOf(string text) => text switch
    {
        Auto => OwnAddress.Find() ?? throw new InvalidOperationException("TaskGrid:Address is 'auto', but this machine has no address other than loopback."),
        _ when IPAddress.TryParse(text, out var parsed) => parsed,
        _ => Resolve(text) ?? throw new InvalidOperationException($"TaskGrid:Address is '{text}', which is neither an IP address nor a name that resolves to one."),
    };

    private static IPAddress? Resolve(string name)
    {
        try
        {
            return Dns.GetHostAddresses(name, AddressFamily.InterNetwork).FirstOrDefault();
        }
        catch (SocketException)
        {
            return null;
        }
    }

    private static int Port(IPAddress address, int? asked, int preferred) => asked ?? (IsFree(address, preferred) ? preferred : FreePort(address));

    private static bool IsFree(IPAddress address, int port)
    {
        try
        {
            using var listener = new TcpListener(address, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int FreePort(IPAddress address)
    {
        using var listener = new TcpListener(address, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
