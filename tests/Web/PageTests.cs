using System.Net;
using System.Text.RegularExpressions;
using Xunit;

namespace TaskGrid.Tests.Web;

public sealed partial class PageTests(SingleProcess process)
{
    [Fact]
    public async Task The_root_leads_to_the_page()
    {
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        using var client = new HttpClient(handler) { BaseAddress = process.Client.BaseAddress };
        using var response = await client.ReadAsync("/");

        Assert.Equal(HttpStatusCode.Found, response.StatusCode);
        Assert.Equal("/ui", response.Headers.Location?.OriginalString);
    }

    [Theory]
    [InlineData("/ui")]
    [InlineData("/ui/tasks?state=Failed")]
    [InlineData("/ui/tasks/taskgrid.webhook.4711.6")]
    [InlineData("/ui/queues")]
    [InlineData("/ui/workers")]
    [InlineData("/ui/types")]
    [InlineData("/ui/types/send_email")]
    [InlineData("/ui/audit")]
    [InlineData("/ui/mail")]
    [InlineData("/ui/example")]
    public async Task A_page_has_nothing_inline_and_all_it_refers_to_exists(string path)
    {
        using var response = await process.Client.ReadAsync(path);
        var html = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'", Assert.Single(response.Headers.GetValues("Content-Security-Policy")));
        Assert.DoesNotMatch(Inline(), html);
        var references = Reference().Matches(html).Select(match => match.Groups[1].Value).Distinct().ToArray();
        Assert.NotEmpty(references);
        foreach (var reference in references)
        {
            using var referred = await process.Client.ReadAsync(reference);
            Assert.True(referred.StatusCode == HttpStatusCode.OK, $"{reference} answered {referred.StatusCode}.");
        }
    }

    [Theory]
    [InlineData("/ui/nowhere")]
    [InlineData("/ui/app/nowhere.js")]
    [InlineData("/ui/tasks/a/b")]
    public async Task What_is_no_page_is_not_found(string path)
    {
        using var response = await process.Client.ReadAsync(path);
        await response.ProblemAsync(404, "not_found");
    }

    /// <summary>Each module is there, as a script, and so is each that it refers to.</summary>
    [Fact]
    public async Task The_modules_that_pages_load_exist()
    {
        var root = Path.Combine(Repository.Root, "Client.Web", "wwwroot");
        var scripts = Directory.EnumerateFiles(Path.Combine(root, "ui", "app"), "*.js").ToList();
        Assert.NotEmpty(scripts);
        foreach (var script in scripts)
        {
            using var served = await process.Client.ReadAsync(Path.GetRelativePath(root, script));
            Assert.Equal("text/javascript", served.Content.Headers.ContentType?.MediaType);
            foreach (Match import in Import().Matches(await File.ReadAllTextAsync(script, TestContext.Current.CancellationToken)))
            {
                Assert.True(File.Exists(Path.Combine(Path.GetDirectoryName(script)!, import.Groups[1].Value)), $"{Path.GetFileName(script)} imports {import.Groups[1].Value}.");
            }
        }
    }

    [Fact]
    public async Task Whoever_asks_is_told_who_they_are()
    {
        using var response = await process.Client.ReadAsync("/api/v1/me");
        var me = await response.JsonAsync();

        Assert.Equal(("local", "admin", false), (me.Text("name"), me.GetProperty("roles")[0].GetString(), me.GetProperty("signedIn").GetBoolean()));
        Assert.Equal(("/orleans/", "/ui/mail", "/ui/example"), (me.GetProperty("links").Text("orleans"), me.GetProperty("links").Text("mail"), me.GetProperty("links").Text("example")));
    }

    [Fact]
    public async Task The_dashboard_answers_but_shows_no_log()
    {
        using var page = await process.Client.ReadAsync("/orleans/");
        using var trace = await process.Client.ReadAsync("/orleans/Trace");

        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.NotEqual(HttpStatusCode.OK, trace.StatusCode);
    }

    [Theory]
    [InlineData("evil.test", 400)]
    [InlineData("localhost", 200)]
    public async Task A_foreign_host_name_is_refused_in_development(string host, int status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/health/live");
        request.Headers.Host = host;
        using var response = await process.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(status, (int)response.StatusCode);
    }

    [GeneratedRegex("""<style|<script>|<script [^>]*>[^<]|\son\w+=|\sstyle=""")]
    private static partial Regex Inline();

    [GeneratedRegex("""(?:from|import\() ?"(\.[^"]+)""")]
    private static partial Regex Import();

    [GeneratedRegex("""(?:href|src)="(/[^"#]*)""")]
    private static partial Regex Reference();
}
