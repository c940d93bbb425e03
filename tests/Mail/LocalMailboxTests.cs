using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace TaskGrid.MailTests;

public sealed class LocalMailboxTests
{
    [Theory]
    [InlineData(null, 2525)]
    [InlineData("2600", 2600)]
    public void AddSilo_InDevelopment_SendsToTheMailboxOfTheMachine(string? port, int expected)
    {
        var builder = Silo("Development", ("DevMail:Port", port));

        var mail = builder.Configuration.GetSection(MailOptions.Section).Get<MailOptions>()!;

        Assert.Equal(("127.0.0.1", expected, MailSecurity.None), (mail.Host, mail.Port, mail.Security));
    }

    [Theory]
    [InlineData("Development", "Mail:Host", "smtp.example.com", "smtp.example.com")]
    [InlineData("Development", "DevMail:Port", "0", null)]
    [InlineData("Development", "TaskGrid:Examples", "false", null)]
    [InlineData("Staging", "TaskGrid:Examples", "true", null)]
    [InlineData("Production", "TaskGrid:Examples", "true", null)]
    public void AddSilo_Otherwise_LeavesTheMailServerAlone(string environment, string key, string value, string? host)
    {
        var builder = Silo(environment, (key, value));

        Assert.Equal(host, builder.Configuration["Mail:Host"]);
        Assert.Null(builder.Configuration["Mail:Security"]);
    }

    // A store of somebody else's that it need not reach before it starts; the embedded one would be opened here.
    private static HostApplicationBuilder Silo(string environment, params (string Key, string? Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new() { EnvironmentName = environment });
        builder.Configuration.AddInMemoryCollection([KeyValuePair.Create("ConnectionStrings:redis", (string?)"127.0.0.1:1"), .. settings.Select(s => KeyValuePair.Create(s.Key, s.Value))]);
        builder.AddSilo();
        return builder;
    }
}
