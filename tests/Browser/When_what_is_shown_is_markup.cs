namespace TaskGrid.Browser;

/// <summary>Whatever somebody hands in is shown as the text that it is, in every place where a page shows it.</summary>
public sealed class When_what_is_shown_is_markup(Site site)
{
    public static readonly string[] Payloads =
    [
        "<script>window.xss=1</script>",
        "<img src=x onerror=window.xss=1>",
        "<svg onload=window.xss=1>",
        "\"><script>window.xss=1</script>",
        "'><img src=x onerror=window.xss=1>",
        "</script><script>window.xss=1</script>",
        "<iframe src=\"javascript:parent.xss=1\"></iframe>",
        "<a href=\"javascript:window.xss=1\">x</a>",
        "javascript:window.xss=1",
        "<body onload=window.xss=1>",
        "<details open ontoggle=window.xss=1>",
        "<math><mtext></form><form><mglyph><svg><mtext><textarea><path id=\"</textarea><img onerror=window.xss=1 src=1>\">",
        "<style>@import 'javascript:window.xss=1';</style>",
        "<noscript><p title=\"</noscript><img src=x onerror=window.xss=1>\">",
        "{{constructor.constructor('window.xss=1')()}}",
        "${window.xss=1}",
        "<!--><img src=x onerror=window.xss=1>-->",
        "&lt;script&gt;window.xss=1&lt;/script&gt;",
        "<input autofocus onfocus=window.xss=1>",
        "\u202E<object data=\"data:text/html,<script>parent.xss=1</script>\"></object>",
    ];

    [Fact]
    public async Task It_is_text_wherever_it_appears()
    {
        Assert.Equal(20, Payloads.Length);
        await using var desk = await Desk.OpenAsync(site);
        var page = desk.Page;
        foreach (var payload in Payloads)
        {
            // Headers are ASCII, and tags have no blanks.
            var ascii = payload.Replace("\u202E", "", StringComparison.Ordinal);
            var headers = new Dictionary<string, string> { ["x-note"] = ascii };
            var tag = string.Concat(ascii.Where(c => c is not (' ' or ',')));
            var failed = await site.RunAsync(new { task = "say", args = new { text = payload, end = "fail" }, maxAttempts = 1, headers, concurrencyKey = payload, tags = new[] { "markup", tag[..Math.Min(100, tag.Length)] } });
            var succeeded = await site.RunAsync(new { task = "say", args = new { text = payload, end = "" }, tags = new[] { "markup" } });
            var cancelled = await site.RunAsync(new { task = "say", args = new { text = payload, end = "cancel" }, tags = new[] { "markup" } });
            await desk.ShowAsync($"/ui/tasks/{failed}");
            await Expect(page.Locator(".error .message").First).ToHaveTextAsync(payload, new() { UseInnerText = false });
            await CheckAsync(page, payload, "main");
            await Expect(page.GetByRole(AriaRole.Log)).ToContainTextAsync(payload);
            await Expect(page.Locator(".progress .words")).ToContainTextAsync(payload);
            await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Details" })).ToContainTextAsync(tag[..Math.Min(100, tag.Length)]);
            await site.PostAsync("/bulk", new { action = "Forget", tag = "nobody", text = payload });
            await site.RunAsync(new { task = "send_email", args = new { recipient = "ada@example.com", content = payload, subject = ascii } });
            await desk.ShowAsync("/ui/mail");
            await Expect(page.Locator("article pre")).ToContainTextAsync(payload);
            await Expect(page.Locator("article h2")).ToHaveTextAsync(ascii);
            await CheckAsync(page, payload, "main");
            await desk.ShowAsync($"/ui/tasks/{succeeded}");
            await Expect(page.Locator("[aria-labelledby=h-result] .json-string")).ToHaveTextAsync(System.Text.Json.JsonSerializer.Serialize(payload, s_plain));
            await page.GetByRole(AriaRole.Button, new() { Name = "Copy as…" }).ClickAsync();
            await CheckAsync(page, payload, "dialog");
            await desk.ShowAsync($"/ui/tasks/{cancelled}");
            await CheckAsync(page, payload, "main");
            await page.GotoAsync($"/ui/tasks?text={Uri.EscapeDataString(payload)}");
            await Expect(page.Locator(".chips")).ToContainTextAsync(payload);
            await CheckAsync(page, payload, "main");
        }

        await desk.ShowAsync("/ui/tasks?tag=markup&limit=100");
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(60);
        await CheckAsync(page, Payloads[0], "tbody");
        await desk.ShowAsync("/ui");
        await CheckAsync(page, null, "main");
        await desk.ShowAsync("/ui/audit");
        await Expect(page.Locator("tbody")).ToContainTextAsync("script");
        await CheckAsync(page, null, "main");
    }

    // As JavaScript writes it: markup's own characters stay.
    private static readonly System.Text.Json.JsonSerializerOptions s_plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Nothing has run, nothing has become an element, and the text is there.</summary>
    private static async Task CheckAsync(IPage page, string? payload, string where)
    {
        Assert.True(await page.EvaluateAsync<bool>("window.xss === undefined"), $"It ran: {payload}");
        Assert.Equal(0, await page.Locator("main script, main img, main iframe, main object, main style, main math, dialog script, dialog img, dialog iframe, a[href^='javascript:' i]").CountAsync());
        if (payload is not null)
        {
            var text = await page.Locator(where).First.TextContentAsync();
            Assert.Contains(payload.Trim('\u202E'), text!.Replace("\\\"", "\"", StringComparison.Ordinal), StringComparison.Ordinal);
        }
    }
}
