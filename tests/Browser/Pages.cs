namespace TaskGrid.Browser;

/// <summary>Every page with something on it, for what looks at all of them.</summary>
internal sealed class Pages
{
    private readonly Site _site;

    private Pages(Site site) => _site = site;

    /// <summary>The addresses, by the names that their pictures have.</summary>
    public required IReadOnlyDictionary<string, string> Paths { get; init; }

    /// <summary>Hands in tasks of all kinds, so that there is something to see.</summary>
    public static async Task<Pages> FillAsync(Site site)
    {
        Site.Need();
        for (var i = 0; i < 12; i++)
        {
            await site.RunAsync(new { task = "add", args = new { x = i, y = 2 }, tags = new[] { "nightly" } });
        }

        var failed = await site.RunAsync(new { task = "fail", args = new { message = "The disk is full." }, maxAttempts = 2, backoff = new { kind = "fixed", delay = 0.2 }, tags = new[] { "invoices" } });
        var succeeded = await site.RunAsync(new
        {
            task = "echo", args = new { value = new { order = 4711, lines = new[] { new { item = "lamp", count = 2 }, new { item = "chair", count = 4 } }, paid = true, note = (string?)null } }, tags = new[] { "orders", "eu" },
            headers = new Dictionary<string, string> { ["x-tenant"] = "42" },
        });
        var running = await site.SubmitAsync(new { task = "gate", args = new { name = Guid.NewGuid() }, queue = "reports" });
        await site.SubmitAsync(new { task = "add", args = new { x = 1, y = 2 }, delay = 3600, queue = "night" });
        await site.SubmitAsync(new { task = "fail", args = new { message = "The mail server does not answer." }, backoff = new { kind = "fixed", delay = 600 } });
        var parent = await site.RunAsync(new { task = "parent" });
        await site.RunAsync(new { task = "send_email", args = new { recipient = "ada@example.com", content = "Hello from the grid." } });
        await site.Api.PutAsync("/api/v1/queues/reports", new StringContent("""{"limits":{"concurrency":20,"rate":"100/m burst 20"},"fair":true}""", System.Text.Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken);
        await site.PostAsync("/queues/night/pause");
        return new(site)
        {
            Paths = new Dictionary<string, string>
            {
                ["overview"] = "/ui", ["tasks"] = "/ui/tasks", ["tasks-failed"] = "/ui/tasks?state=Failed&tag=invoices", ["task-failed"] = $"/ui/tasks/{failed}", ["task-succeeded"] = $"/ui/tasks/{succeeded}",
                ["task-running"] = $"/ui/tasks/{running}", ["task-family"] = $"/ui/tasks/{parent}", ["queues"] = "/ui/queues", ["workers"] = "/ui/workers", ["types"] = "/ui/types", ["type"] = "/ui/types/many",
                ["audit"] = "/ui/audit", ["mail"] = "/ui/mail", ["example"] = "/ui/example", ["nothing"] = "/ui/tasks?text=nothing-has-this",
            },
        };
    }

    /// <summary>Opens each, and does something with it once it shows what it has.</summary>
    public async Task EachAsync(bool dark, bool phone, Func<string, IPage, Task> act)
    {
        await using var desk = await Desk.OpenAsync(_site, dark, phone);
        foreach (var (name, path) in Paths)
        {
            var page = await desk.ShowAsync(path);
            if (name == "overview")
            {
                await Expect(page.Locator(".chart canvas")).ToHaveCountAsync(2);
            }

            if (name == "task-family")
            {
                await Expect(page.Locator("svg a")).ToHaveCountAsync(3);
            }

            await act(name, page);
        }
    }
}
