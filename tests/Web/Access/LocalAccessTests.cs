using System.Net;
using Microsoft.Extensions.Options;
using Xunit;

namespace TaskGrid.Tests.Web.Access;

/// <summary>While no key is configured, this machine is served and nobody else.</summary>
public sealed class LocalAccessTests(SingleProcess process)
{
    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1:5000")]
    [InlineData("[::1]:5000")]
    public async Task This_machine_is_the_admin(string host)
    {
        using var response = await SendAsync("POST", "/api/v1/queues/of-this-machine/pause", ("Host", host));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("localhost.evil.example")]
    [InlineData("127.0.0.1.evil.example:5000")]
    [InlineData("192.168.0.1")]
    public async Task Under_another_name_nothing_is_served(string host)
    {
        using var response = await SendAsync("GET", "/api/v1/queues", ("Host", host));
        await response.ProblemAsync(400, "invalid_host");
    }

    [Theory]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Origin", "http://localhost.evil.example")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("X-Forwarded-For", "203.0.113.7")]
    [InlineData("Forwarded", "for=203.0.113.7")]
    [InlineData("X-Forwarded-Host", "tasks.example.com")]
    [InlineData("X-Real-IP", "203.0.113.7")]
    [InlineData("Via", "1.1 proxy")]
    public async Task Another_sites_page_and_whom_a_proxy_lets_in_get_nothing(string header, string value)
    {
        using var response = await SendAsync("POST", "/tasks/block", (header, value));
        await response.ProblemAsync(403, "forbidden");
    }

    [Fact]
    public async Task Its_own_pages_are_served()
    {
        using var response = await SendAsync("POST", "/tasks/block", ("Origin", $"{process.Client.BaseAddress!.Scheme}://{process.Client.BaseAddress.Authority}"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task There_are_no_keys_to_be_made()
    {
        using var response = await process.Client.PostJsonAsync("/api/v1/keys", """{"name":"x","roles":["admin"]}""");
        await response.ProblemAsync(409, "access_open");
    }

    [Theory]
    [InlineData("http://0.0.0.0:0")]
    [InlineData("http://*:0")]
    [InlineData("http://[::]:0")]
    [InlineData("http://unix:/tmp/taskgrid-never.sock")]
    public async Task Nobody_else_can_be_served_by_mistake(string address)
    {
        var data = Directory.CreateTempSubdirectory("taskgrid-open-");
        var e = await Assert.ThrowsAnyAsync<Exception>(() => RunningWeb.StartAsync("Development", "--TaskGrid:DataFolder", data.FullName, "--urls", address));
        Assert.Contains("Access__AdminKey", e.ToString(), StringComparison.Ordinal);
        data.Delete(recursive: true);
    }

    [Fact]
    public async Task A_key_that_can_be_guessed_does_not_start()
    {
        var data = Directory.CreateTempSubdirectory("taskgrid-short-");
        var e = await Assert.ThrowsAsync<OptionsValidationException>(() => RunningWeb.StartAsync("Development", "--TaskGrid:DataFolder", data.FullName, "--Access:AdminKey", "secret"));
        Assert.Contains("at least 32", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", e.Message, StringComparison.Ordinal);
        data.Delete(recursive: true);
    }

    private async Task<HttpResponseMessage> SendAsync(string method, string path, (string Name, string Value) header)
    {
        using var request = new HttpRequestMessage(new(method), path);
        request.Headers.TryAddWithoutValidation(header.Name, header.Value);
        return await process.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
