using System.Net;

namespace TaskGrid.Workers;

/// <summary>A silo that is nowhere.</summary>
internal sealed class SiloAddressStub : ILocalSiloDetails
{
    public string Name => "s";

    public string ClusterId => "c";

    public string DnsHostName => "localhost";

    public SiloAddress SiloAddress { get; } = SiloAddress.New(IPAddress.Loopback, 1, 1);

    public SiloAddress GatewayAddress => SiloAddress;
}
