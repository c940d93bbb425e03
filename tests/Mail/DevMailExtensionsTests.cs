using Microsoft.Extensions.Hosting;

namespace TaskGrid.MailTests;

public sealed class DevMailExtensionsTests
{
    [Fact]
    public void AddDevMail_InProduction_Refuses()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new() { EnvironmentName = "Production" });

        var e = Assert.Throws<InvalidOperationException>(() => builder.AddDevMail());

        Assert.Contains("Production", e.Message, StringComparison.Ordinal);
    }
}
