using System.Net;

namespace TaskGrid.Simulation;

/// <summary>Where a silo is; each of its processes is another one to the grid.</summary>
internal sealed class SimAddress(int number, int generation) : ILocalSiloDetails
{
    public string Name => $"s{number}.{generation}";

    public string ClusterId => "simulation";

    public string DnsHostName => "localhost";

    public SiloAddress SiloAddress { get; } = SiloAddress.New(IPAddress.Loopback, number, generation);

    public SiloAddress GatewayAddress => SiloAddress;
}
