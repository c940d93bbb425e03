namespace TaskGrid.Browser;

public sealed class When_queues_and_workers_are_looked_after(Site site)
{
    [Fact]
    public async Task A_queue_is_paused_limited_purged_and_resumed()
    {
        await using var desk = await Desk.OpenAsync(site);
        await site.RunAsync(new { task = "add", args = new { x = 1, y = 2 }, queue = "tended" });
        var page = await desk.ShowAsync("/ui/queues");
        var row = page.Locator("tr[data-key=tended]");
        await row.GetByRole(AriaRole.Button, new() { Name = "Pause tended" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await Expect(row.GetByText("paused")).ToBeVisibleAsync();

        await site.SubmitAsync(new { task = "add", args = new { x = 1, y = 2 }, queue = "tended" });
        await site.SubmitAsync(new { task = "add", args = new { x = 1, y = 2 }, queue = "tended" });
        await Expect(row.Locator("td[data-label=Ready]")).ToHaveTextAsync("2");

        await row.GetByRole(AriaRole.Button, new() { Name = "Limits of tended" }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("Running at a time").First.FillAsync("20");
        await dialog.GetByLabel("Starts, such as 100/m or 100/m burst 20").FillAsync("nonsense");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(dialog.GetByRole(AriaRole.Alert)).ToContainTextAsync("rate");
        await dialog.GetByLabel("Starts, such as 100/m or 100/m burst 20").FillAsync("100/m burst 20");
        await dialog.GetByText("Limits by name or key").ClickAsync();
        await dialog.Locator("textarea").FillAsync("""{"taskLimits": {"add": {"concurrency": 3}}, "defaults": {"maxAttempts": "forever", "timeLimit": 60, "backoff": {"delay": 0.00001}}}""");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(row.Locator("td[data-label=Limits]")).ToHaveTextAsync("20 at a time, 100/m burst 20 · add 3 at a time · defaults");

        // What is shown again is what was set, and saves as it is.
        await row.GetByRole(AriaRole.Button, new() { Name = "Limits of tended" }).ClickAsync();
        await Expect(dialog.Locator("textarea")).ToHaveValueAsync(new System.Text.RegularExpressions.Regex("\"maxAttempts\": \"forever\""));
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(dialog).ToHaveCountAsync(0);

        // Nothing that somebody else has set is overwritten unseen.
        await row.GetByRole(AriaRole.Button, new() { Name = "Limits of tended" }).ClickAsync();
        await Expect(dialog).ToBeVisibleAsync();
        using var put = await site.Api.PutAsync("/api/v1/queues/tended", new StringContent("""{"limits":{"concurrency":9}}""", System.Text.Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken);
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(dialog.GetByRole(AriaRole.Alert)).ToContainTextAsync("Somebody has changed this queue since");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Back" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Configure a queue" }).ClickAsync();
        await dialog.GetByLabel("Name", new() { Exact = true }).FillAsync("tended");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(dialog.GetByRole(AriaRole.Alert)).ToContainTextAsync("tended has settings already");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Back" }).ClickAsync();

        await row.GetByRole(AriaRole.Button, new() { Name = "Purge tended" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Purge 2" }).ClickAsync();
        await Expect(page.Locator(".bulk")).ToContainTextAsync("2 tasks cancelled.");
        await Expect(row.Locator("td[data-label=Ready]")).ToHaveTextAsync("0");
        await row.GetByRole(AriaRole.Button, new() { Name = "Resume tended" }).ClickAsync();
        await Expect(row.GetByText("paused")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task A_worker_is_drained_and_resumed()
    {
        await using var desk = await Desk.OpenAsync(site);
        var page = await desk.ShowAsync("/ui/workers");
        var worker = page.Locator(".worker").First;
        await Expect(worker.Locator("[data-fact=Heartbeat] time")).ToHaveAttributeAsync("datetime", new System.Text.RegularExpressions.Regex("^20"));
        await worker.GetByRole(AriaRole.Button, new() { NameRegex = new("^Drain") }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Drain" }).ClickAsync();
        // What it runs goes on.
        await Expect(worker.Locator(".state-word")).ToHaveTextAsync(new System.Text.RegularExpressions.Regex("^(drained|draining)$"));
        await worker.GetByRole(AriaRole.Button, new() { NameRegex = new("^Resume") }).ClickAsync();
        await Expect(worker.Locator(".state-word")).ToHaveTextAsync("working");

        // Its name leads to what it has run.
        var id = await site.RunAsync(new { task = "add", args = new { x = 1, y = 2 } });
        var name = await worker.GetAttributeAsync("data-key");
        await worker.GetByRole(AriaRole.Link, new() { Name = name! }).ClickAsync();
        await Expect(page.Locator(".chips")).ToContainTextAsync($"worker {name}");
        await Expect(page.Locator($"tr[data-key='{id}']")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_silo_that_is_killed_goes_and_its_task_goes_on_elsewhere()
    {
        await using var desk = await Desk.OpenAsync(site);
        var page = await desk.ShowAsync("/ui/workers");
        var own = await page.Locator(".worker").First.GetAttributeAsync("data-key");
        await using var silo = await site.StartSiloAsync();
        await Expect(page.Locator(".worker")).ToHaveCountAsync(2);
        var other = page.Locator($".worker:not([data-key='{own}'])");

        // It runs there, since nobody else takes it.
        await site.PostAsync($"/workers/{Uri.EscapeDataString(own!)}/drain");
        var id = await site.SubmitAsync(new { task = "sleep", args = new { seconds = 3 }, queue = "watched" });
        await Expect(other.GetByRole(AriaRole.Link, new() { Name = id })).ToBeVisibleAsync();
        await site.PostAsync($"/workers/{Uri.EscapeDataString(own!)}/resume");
        await silo.KillAsync();

        await Expect(page.Locator(".toast.bad")).ToContainTextAsync("does not answer any more");
        await Expect(page.Locator(".worker")).ToHaveCountAsync(1);
        await page.GotoAsync($"/ui/tasks/{id}");
        await Expect(page.Locator(".title .badge.state")).ToContainTextAsync("Succeeded");
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Attempts" }).First).ToContainTextAsync("Interrupted 1 time");
    }
}
