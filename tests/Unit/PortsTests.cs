using TaskGrid.Kit;

namespace TaskGrid;

/// <summary>A server of a test found its port taken now and then: an outgoing connection of another process had been given it.</summary>
public sealed class PortsTests
{
    private const string Range = "/proc/sys/net/ipv4/ip_local_port_range";

    [Fact]
    public void Free_IsNoneThatOutgoingConnectionsAreGiven()
    {
        // Elsewhere than on Linux they begin at 49152.
        var first = File.Exists(Range) ? int.Parse(File.ReadAllText(Range).Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[0]) : 49_152;
        var ports = Enumerable.Range(0, 100).Select(_ => Ports.Free()).ToList();
        Assert.All(ports, port => Assert.InRange(port, 1024, first - 1));
        Assert.Equal(100, ports.Distinct().Count());
    }
}
