using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace TaskGrid.MailTests;

public sealed class MailOptionsTests
{
    [Fact]
    public void The_defaults_are_valid_and_ask_for_tls()
    {
        var options = new MailOptions();

        Assert.True(new MailOptionsValidator().Validate(null, options).Succeeded);
        Assert.Equal(MailSecurity.StartTls, options.Security);
        Assert.Equal("TaskGrid <noreply@localhost>", options.From);
        Assert.Equal(TimeSpan.FromSeconds(30), options.Timeout);
        Assert.Equal(4, options.MaxConnections);
    }

    [Theory]
    [InlineData("Port", "0")]
    [InlineData("Port", "65536")]
    [InlineData("Security", "7")]
    [InlineData("UserName", "ada")]
    [InlineData("Password", "s3cret")]
    [InlineData("From", "")]
    [InlineData("From", "nobody")]
    [InlineData("From", "a@example.com, b@example.com")]
    [InlineData("MessageIdDomain", "")]
    [InlineData("MessageIdDomain", "exa mple")]
    [InlineData("MessageIdDomain", "x>\r\nBcc: eve@example.com")]
    [InlineData("Timeout", "00:00:00")]
    [InlineData("Timeout", "01:00:00")]
    [InlineData("MaxConnections", "0")]
    [InlineData("MaxConnections", "101")]
    public async Task A_wrong_setting_ends_the_start_naming_it_and_no_secret(string key, string value)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection([KeyValuePair.Create("Mail:" + key, (string?)value)]);
        builder.Services.AddMail();
        using var host = builder.Build();

        var e = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.Contains("Mail:" + key, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", e.ToString(), StringComparison.Ordinal);
    }
}
