using System.Net;

namespace TaskGrid.Hosting;

public sealed class OwnAddressTests
{
    [Fact]
    public void Choose_OnlyLoopback_FindsNone() => Assert.Null(OwnAddress.Choose([Card(false, "127.0.0.1", "::1")]));

    [Fact]
    public void Choose_CardsWithAndWithoutGateway_PrefersTheOneThatLeadsOut() =>
        Assert.Equal("10.1.0.5", $"{OwnAddress.Choose([Card(false, "127.0.0.1"), Card(false, "172.17.0.1"), Card(true, "10.1.0.5")])}");

    [Fact]
    public void Choose_NoCardLeadsOut_TakesTheFirstOther() =>
        Assert.Equal("172.18.0.2", $"{OwnAddress.Choose([Card(false, "127.0.0.1"), Card(false, "172.18.0.2")])}");

    [Fact]
    public void Choose_SelfGivenAndSixthVersionAddresses_PassesThemOver() =>
        Assert.Equal("192.168.1.9", $"{OwnAddress.Choose([Card(true, "fe80::1", "169.254.3.4", "192.168.1.9")])}");

    private static NetworkCard Card(bool hasGateway, params string[] addresses) => new(hasGateway, [.. addresses.Select(IPAddress.Parse)]);
}
