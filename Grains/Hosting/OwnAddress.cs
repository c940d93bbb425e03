using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace TaskGrid.Hosting;

/// <summary>This machine's own address, for hosts whose address nobody can write into their settings beforehand: containers.</summary>
internal static class OwnAddress
{
    /// <summary>An IPv4 address that others reach this machine at, or <c>null</c> when it has only loopback.</summary>
    public static IPAddress? Find() => Choose(NetworkInterface.GetAllNetworkInterfaces()
        .Where(card => card.OperationalStatus != OperationalStatus.Down)
        .Select(card => card.GetIPProperties())
        .Select(ip => new NetworkCard(ip.GatewayAddresses.Count > 0, [.. ip.UnicastAddresses.Select(a => a.Address)])));

    /// <summary>The first one of a card that leads out of its network; else, as inside an isolated network, the first of any.</summary>
    public static IPAddress? Choose(IEnumerable<NetworkCard> cards) => cards
        .OrderByDescending(card => card.HasGateway)
        .SelectMany(card => card.Addresses)
        .FirstOrDefault(IsReachable);

    // 169.254.x.x is what a card gives itself when nobody gave it an address.
    private static bool IsReachable(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(address) && address.GetAddressBytes() is not [169, 254, ..];
}

/// <summary>A network card.</summary>
/// <param name="HasGateway">Whether it leads out of its network.</param>
/// <param name="Addresses">Its addresses, of any family.</param>
internal sealed record NetworkCard(bool HasGateway, IReadOnlyList<IPAddress> Addresses);
