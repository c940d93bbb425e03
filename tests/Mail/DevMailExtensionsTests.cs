using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace TaskGrid.MailTests;

public sealed class DevMailExtensionsTests
{
    [Fact]
    public void AddDevMail_InProduction_Refuses()
    {
        var builder = Builder("Production");

        var e = Assert.Throws<InvalidOperationException>(() => builder.AddDevMail());

        Assert.Contains("Production", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AddDevMail_InDevelopment_IsTheMailServerOfTheProcess()
    {
        var builder = Builder("Development", ("DevMail:Port", "2600"));

        builder.AddDevMail();

        var mail = builder.Configuration.GetSection(MailOptions.Section).Get<MailOptions>()!;
        Assert.Equal(("127.0.0.1", 2600, MailSecurity.None), (mail.Host, mail.Port, mail.Security));
    }

    [Theory]
    [InlineData("Development", "Mail:Host", "smtp.example.com", "smtp.example.com")]
    [InlineData("Development", "DevMail:Port", "0", null)]
    [InlineData("Staging", "DevMail:Port", "2600", null)]
    public void AddDevMail_Otherwise_LeavesTheMailServerAlone(string environment, string key, string value, string? host)
    {
        var builder = Builder(environment, (key, value));

        builder.AddDevMail();

        Assert.Equal(host, builder.Configuration["Mail:Host"]);
        Assert.Null(builder.Configuration["Mail:Security"]);
    }

    private static HostApplicationBuilder Builder(string environment, params (string Key, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new() { EnvironmentName = environment });
        builder.Configuration.AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value)));
        return builder;
    }
}
