using System.Net;
using System.Text;
using Xunit;

namespace TaskGrid.Tests.Web.Access;

/// <summary>A browser, by what it sends.</summary>
public sealed class SignInTests(ClosedProcess process)
{
    [Fact]
    public async Task A_page_leads_to_the_sign_in_and_back_and_the_key_stays_out_of_the_browser()
    {
        var (key, _) = await process.KeyAsync("""{"name":"ada","roles":["read","submit"]}""");
        using var page = await SendAsync("GET", "/ui?x=1", accept: "text/html");
        Assert.Equal((HttpStatusCode.Redirect, "/signin?return=%2Fui%3Fx%3D1"), (page.StatusCode, page.Headers.Location?.OriginalString));
        using var form = await SendAsync("GET", "/signin?return=%2Fui%3Fx%3D1", accept: "text/html");
        Assert.Contains("<form", await form.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);

        using var enter = await EnterAsync(key, "/signin?return=%2Fui%3Fx%3D1");
        Assert.Equal((HttpStatusCode.Redirect, "/ui?x=1"), (enter.StatusCode, enter.Headers.Location?.OriginalString));
        var cookie = Assert.Single(enter.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(key[^43..], cookie, StringComparison.Ordinal);

        using var shown = await SendAsync("GET", "/ui", CookieOf(enter), accept: "text/html");
        Assert.Equal(HttpStatusCode.OK, shown.StatusCode);
        using var keys = await SendAsync("GET", "/api/v1/keys", CookieOf(enter));
        await keys.ProblemAsync(403, "forbidden");
    }

    [Theory]
    [InlineData("//evil.example", "/")]
    [InlineData("https://evil.example", "/")]
    [InlineData("/\\evil.example", "/")]
    [InlineData("/ui/mail", "/ui/mail")]
    public async Task It_leads_back_to_this_site_alone(string asked, string led)
    {
        using var enter = await EnterAsync(ClosedProcess.AdminKey, $"/signin?return={Uri.EscapeDataString(asked)}");
        Assert.Equal(led, enter.Headers.Location?.OriginalString);
    }

    /// <summary>The grid alone knows whether a key is one, and a page has to be there when it does not answer: what it shows is asked for.</summary>
    [Fact]
    public async Task A_page_asks_nobody_whose_key_it_is()
    {
        using var page = await SendAsync("GET", "/ui/tasks", "taskgrid_key=nonsense", accept: "text/html");
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        using var me = await SendAsync("GET", "/api/v1/me", "taskgrid_key=nonsense");
        await me.ProblemAsync(401, "unauthenticated");
    }

    [Fact]
    public async Task What_is_no_key_signs_nobody_in()
    {
        using var enter = await EnterAsync("nonsense", "/signin?return=%2Fui");
        Assert.Equal("/signin?wrong&return=%2Fui", enter.Headers.Location?.OriginalString);
        Assert.False(enter.Headers.Contains("Set-Cookie"));
        using var own = await EnterAsync(ClosedProcess.AdminKey, "/signin");
        using var again = await EnterAsync(CookieOf(own).Split('=')[1], "/signin");
        Assert.False(again.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task Another_sites_page_can_make_a_browser_do_nothing()
    {
        using var enter = await EnterAsync(ClosedProcess.AdminKey, "/signin");
        var cookie = CookieOf(enter);
        foreach (var (header, value) in new[] { ("Origin", "https://evil.example"), ("Origin", "null"), ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Site", "same-site") })
        {
            using var foreign = await SendAsync("POST", "/tasks/block", cookie, (header, value));
            await foreign.ProblemAsync(403, "forbidden");
            using var login = await SendAsync("POST", "/signin", null, (header, value));
            await login.ProblemAsync(403, "forbidden");
            using var leave = await SendAsync("POST", "/signout", cookie, (header, value));
            await leave.ProblemAsync(403, "forbidden");
        }

        var self = process.Admin.BaseAddress!;
        using var own = await SendAsync("POST", "/tasks/add", cookie, ("Origin", $"{self.Scheme}://{self.Authority}"), body: "a=1&b=2");
        Assert.Equal(HttpStatusCode.OK, own.StatusCode);
        // Browsers that keep the origin to themselves say where they are all the same.
        using var discreet = await SendAsync("POST", "/tasks/add", cookie, ("Sec-Fetch-Site", "same-origin"), body: "a=1&b=2");
        Assert.Equal(HttpStatusCode.OK, discreet.StatusCode);
        // The cookie's text is no key where keys are brought by programs.
        using var stolen = await process.ClientOf(cookie.Split('=')[1]).ReadAsync("/api/v1/keys");
        await stolen.ProblemAsync(401, "unauthenticated");
    }

    [Fact]
    public async Task Signing_out_and_revoking_the_key_end_it()
    {
        var (key, id) = await process.KeyAsync("""{"name":"grace","roles":["read"]}""");
        using var first = await EnterAsync(key, "/signin");
        using var second = await EnterAsync(key, "/signin");
        using var leave = await SendAsync("POST", "/signout", CookieOf(first));
        Assert.Equal("/signin", leave.Headers.Location?.OriginalString);
        using var after = await SendAsync("GET", "/api/v1/queues", CookieOf(first));
        await after.ProblemAsync(401, "unauthenticated");
        using var other = await SendAsync("GET", "/api/v1/queues", CookieOf(second));
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);

        using var revoke = await process.Admin.DeleteAsync($"/api/v1/keys/{id}", TestContext.Current.CancellationToken);
        using var revoked = await SendAsync("GET", "/api/v1/queues", CookieOf(second));
        await revoked.ProblemAsync(401, "unauthenticated");
    }

    [Fact]
    public async Task A_browser_is_out_as_soon_as_its_key_has_been_replaced()
    {
        var (key, id) = await process.KeyAsync("""{"name":"edsger","roles":["read"]}""");
        using var enter = await EnterAsync(key, "/signin");
        using var rotate = await process.Admin.PostJsonAsync($"/api/v1/keys/{id}/rotate", """{"overlap":0}""");
        using var after = await SendAsync("GET", "/api/v1/queues", CookieOf(enter));
        await after.ProblemAsync(401, "unauthenticated");
    }

    [Fact]
    public async Task A_browser_that_the_admin_signed_in_is_out_when_the_admins_key_is_another()
    {
        var data = Directory.CreateTempSubdirectory("taskgrid-admin-");
        string cookie;
        await using (var before = await RunningWeb.StartAsync("Development", "--TaskGrid:DataFolder", data.FullName, "--Access:AdminKey", ClosedProcess.AdminKey))
        {
            using var enter = await SendAsync("POST", "/signin", body: $"key={ClosedProcess.AdminKey}", at: before.Client.BaseAddress);
            cookie = CookieOf(enter);
            using var own = await SendAsync("GET", "/api/v1/keys", cookie, at: before.Client.BaseAddress);
            Assert.Equal(HttpStatusCode.OK, own.StatusCode);
        }

        await using (var after = await RunningWeb.StartAsync("Development", "--TaskGrid:DataFolder", data.FullName, "--Access:AdminKey", "another-" + ClosedProcess.AdminKey))
        {
            using var own = await SendAsync("GET", "/api/v1/keys", cookie, at: after.Client.BaseAddress);
            await own.ProblemAsync(401, "unauthenticated");
        }

        data.Delete(recursive: true);
    }

    [Fact]
    public async Task The_twentyfirst_browser_of_a_key_takes_the_place_of_the_first_and_a_key_that_signs_in_all_the_time_waits()
    {
        var (key, _) = await process.KeyAsync("""{"name":"many","roles":["read"]}""");
        var (cookies, waited) = (new List<string>(), false);
        while (cookies.Count < 21)
        {
            using var enter = await EnterAsync(key, "/signin");
            if (enter.StatusCode == HttpStatusCode.TooManyRequests)
            {
                waited = true;
                await Task.Delay(enter.Headers.RetryAfter!.Delta!.Value, TimeProvider.System, TestContext.Current.CancellationToken);
                continue;
            }

            cookies.Add(CookieOf(enter));
        }

        Assert.True(waited);
        using var first = await SendAsync("GET", "/api/v1/queues", cookies[0]);
        await first.ProblemAsync(401, "unauthenticated");
        using var second = await SendAsync("GET", "/api/v1/queues", cookies[1]);
        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
    }

    [Fact]
    public async Task A_form_that_is_none_signs_nobody_in()
    {
        using var enter = await SendAsync("POST", "/signin", body: string.Join('&', Enumerable.Range(0, 2000).Select(i => $"f{i}=x")));
        Assert.Equal("/signin?wrong&return=%2F", enter.Headers.Location?.OriginalString);
    }

    /// <summary>Somebody at a browser is told on the page, not in JSON.</summary>
    [Fact]
    public async Task A_browser_that_signs_in_too_often_is_led_back_to_the_form()
    {
        var (key, _) = await process.KeyAsync("""{"name":"hasty","roles":["read"]}""");
        for (var tries = 0; ; tries++)
        {
            Assert.True(tries < 100, "It may sign in as often as it likes.");
            using var enter = await SendAsync("POST", "/signin?return=%2Fui", accept: "text/html", body: $"key={Uri.EscapeDataString(key)}");
            if (enter.Headers.Location?.OriginalString is "/signin?busy&return=%2Fui")
            {
                break;
            }

            Assert.Equal("/ui", enter.Headers.Location?.OriginalString);
        }
    }

    private static string CookieOf(HttpResponseMessage response) => response.Headers.GetValues("Set-Cookie").Single().Split(';')[0];

    private Task<HttpResponseMessage> EnterAsync(string key, string path) => SendAsync("POST", path, body: $"key={Uri.EscapeDataString(key)}");

    private async Task<HttpResponseMessage> SendAsync(string method, string path, string? cookie = null, (string Name, string Value)? header = null, string? accept = null, string? body = null, Uri? at = null)
    {
        using var request = new HttpRequestMessage(new(method), at is null ? new(path, UriKind.Relative) : new Uri(at, path));
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/x-www-form-urlencoded");
        foreach (var (name, value) in new[] { ("Cookie", cookie), (header?.Name ?? "Accept", header?.Value ?? accept) })
        {
            if (value is not null)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return await process.ClientOf(null).SendAsync(request, TestContext.Current.CancellationToken);
    }
}
