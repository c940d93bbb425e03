using System.Net;
using Microsoft.Extensions.Configuration;

namespace TaskGrid.Hosting;

public sealed class SiloEndpointsTests
{
    [Fact]
    public void From_NothingConfigured_IsLoopback() => Assert.Equal(IPAddress.Loopback, From().Address);

    [Fact]
    public void From_Addresses_AreTakenAsTheyAre() => Assert.Equal("192.0.2.77", $"{From(("Address", "192.0.2.77")).Address}");

    [Fact]
    public void From_Names_AreResolved() => Assert.Equal(IPAddress.Loopback, From(("Address", "localhost")).Address);

    [Fact]
    public void From_Auto_IsTheMachinesOwnAddressOrARefusal()
    {
        if (OwnAddress.Find() is { } own)
        {
            Assert.Equal(own, From(("Address", "auto")).Address);
        }
        else
        {
            Assert.Contains("loopback", Assert.Throws<InvalidOperationException>(() => From(("Address", "auto"))).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void From_NeitherAddressNorName_SaysSo() =>
        Assert.Contains("no such name", Assert.Throws<InvalidOperationException>(() => From(("Address", "no such name"))).Message, StringComparison.Ordinal);

    // Ports are given throughout: looking for free ones would bind to addresses that this machine does not have.
    private static SiloEndpoints From(params (string Key, string Value)[] settings) => SiloEndpoints.From(new ConfigurationBuilder()
        .AddInMemoryCollection(new Dictionary<string, string?>([.. settings.Select(s => KeyValuePair.Create($"TaskGrid:{s.Key}", (string?)s.Value))])
        {
            ["TaskGrid:SiloPort"] = "11111",
            ["TaskGrid:GatewayPort"] = "30000",
        }).Build());
}
