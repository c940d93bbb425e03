using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace TaskGrid.MailTests;

public sealed class DevMailApiTests
{
    [Fact]
    public async Task Mails_can_be_listed_read_and_cleared()
    {
        await using var web = await RunningWeb.StartAsync();
        using var host = new MailHost(web.SmtpPort);
        await host.SendAsync(new SendEmail("ada@example.com", "first"), "task-1");
        await host.SendAsync(new SendEmail("bob@example.com", "zweite Grüße", "Hi"), "task-2");

        var list = await GetAsync(web, "/dev/mail");
        Assert.Equal(["task-2@localhost", "task-1@localhost"], list.EnumerateArray().Select(m => m.GetProperty("messageId").GetString()!));
        var newest = list[0];
        Assert.Equal(["id", "session", "messageId", "from", "to", "subject", "receivedAt", "size"], newest.EnumerateObject().Select(p => p.Name));
        Assert.Equal("bob@example.com", newest.GetProperty("to")[0].GetString());

        var mail = await GetAsync(web, $"/dev/mail/{newest.GetProperty("id")}");
        Assert.Equal("zweite Grüße\n", mail.GetProperty("text").GetString());
        Assert.Contains(mail.GetProperty("headers").EnumerateArray(), h => h.GetProperty("name").GetString() == "Auto-Submitted");

        using var cleared = await web.Http.DeleteAsync("/dev/mail", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NoContent, cleared.StatusCode);
        Assert.Equal(0, (await GetAsync(web, "/dev/mail")).GetArrayLength());
    }

    [Theory]
    [InlineData("/dev/mail/1")]
    [InlineData("/dev/mail/nonsense")]
    public async Task An_unknown_mail_is_not_found(string path)
    {
        await using var web = await RunningWeb.StartAsync();

        using var response = await web.Http.GetAsync(path, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task The_server_says_where_it_listens()
    {
        await using var web = await RunningWeb.StartAsync();

        var server = await GetAsync(web, "/dev/mail/server");

        Assert.Equal(web.SmtpPort, server.GetProperty("port").GetInt32());
        Assert.True(server.GetProperty("listening").GetBoolean());
        Assert.Equal(500, server.GetProperty("capacity").GetInt32());
    }

    private static async Task<JsonElement> GetAsync(RunningWeb web, string path) =>
        await web.Http.GetFromJsonAsync<JsonElement>(path, TestContext.Current.CancellationToken);
}
