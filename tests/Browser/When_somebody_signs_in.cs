namespace TaskGrid.Browser;

public sealed class When_somebody_signs_in(Site site)
{
    private static readonly string s_actions = string.Join(
        ", ", new[] { "Retry", "Cancel", "Forget", "Move", "Run now", "New task", "Pause", "Resume", "Limits", "Purge", "Drain", "Configure a queue" }.Select(word => $"main button:text-is('{word}')")
            .Concat(["main input[type=checkbox]", "main .menu"]));

    [Fact]
    public async Task A_wrong_key_is_told_and_the_right_one_leads_where_somebody_wanted_to_go()
    {
        await using var desk = await Desk.OpenAsync(site, closed: true);
        await desk.SignInAsync("nonsense", "/ui/tasks?state=Failed");
        await Expect(desk.Page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("This is no key of the grid, or none any more.");
        await desk.Page.GetByLabel("API key").FillAsync(Site.AdminKey);
        await desk.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Expect(desk.Page).ToHaveURLAsync($"{site.ClosedAddress}/ui/tasks?state=Failed");

        await desk.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Expect(desk.Page.GetByLabel("API key")).ToBeVisibleAsync();
        await desk.Page.GotoAsync("/ui");
        await Expect(desk.Page.GetByLabel("API key")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_viewer_sees_no_action()
    {
        Site.Need();
        var id = await site.RunAsync(new { task = "fail", args = new { message = "looked at" }, maxAttempts = 1, tags = new[] { "viewed" } });
        var waiting = await site.SubmitAsync(new { task = "add", args = new { x = 1, y = 2 }, delay = 3600, tags = new[] { "viewed" } });
        await using var desk = await Desk.OpenAsync(site, closed: true);
        await desk.SignInAsync(await site.KeyAsync(new { name = "viewer", roles = new[] { "read" } }), "/ui/tasks?tag=viewed");
        var page = desk.Page;
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(2);
        await Expect(page.Locator(s_actions)).ToHaveCountAsync(0);
        foreach (var path in new[] { $"/ui/tasks/{id}", $"/ui/tasks/{waiting}", "/ui/queues", "/ui/workers", "/ui/types" })
        {
            await desk.ShowAsync(path);
            await Expect(page.Locator(s_actions)).ToHaveCountAsync(0);
        }

        await Expect(page.Locator(".bar a[href='/ui/audit']")).ToBeHiddenAsync();
        await desk.ShowAsync("/ui/audit");
        await Expect(page.Locator("main .notice")).ToHaveTextAsync("The audit log is for admins.");
    }

    [Fact]
    public async Task An_operator_operates_and_an_admin_sees_who_did()
    {
        Site.Need();
        var id = await site.SubmitAsync(new { task = "add", args = new { x = 1, y = 2 }, delay = 3600 });
        await using (var desk = await Desk.OpenAsync(site, closed: true))
        {
            await desk.SignInAsync(await site.KeyAsync(new { name = "night-shift", roles = new[] { "operate" } }), $"/ui/tasks/{id}");
            await desk.Page.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
            await desk.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Cancel the task" }).ClickAsync();
            await Expect(desk.Page.Locator(".title .badge.state")).ToContainTextAsync("Cancelled");
        }

        await using var admin = await Desk.OpenAsync(site, closed: true);
        await admin.SignInAsync(Site.AdminKey, "/ui/audit");
        var entry = admin.Page.Locator("tbody tr", new() { HasText = $"/api/v1/tasks/{id}/cancel" });
        await Expect(entry).ToContainTextAsync("night-shift");
        await Expect(entry).ToContainTextAsync("CancelTask");
        await Expect(entry.Locator("td[data-label=Status]")).ToHaveTextAsync("200");
    }

    [Fact]
    public async Task A_key_that_is_limited_sees_its_tasks_alone()
    {
        Site.Need();
        await site.RunAsync(new { task = "add", args = new { x = 1, y = 2 }, queue = "hers", tags = new[] { "limited" } });
        await site.RunAsync(new { task = "add", args = new { x = 1, y = 2 }, queue = "his", tags = new[] { "limited" } });
        await using var desk = await Desk.OpenAsync(site, closed: true);
        await desk.SignInAsync(await site.KeyAsync(new { name = "hers", roles = new[] { "operate", "submit" }, queues = new[] { "hers" } }), "/ui/tasks?tag=limited");
        await Expect(desk.Page.Locator("tbody tr")).ToHaveCountAsync(1);

        // All that match are all of hers.
        await desk.ShowAsync("/ui/tasks");
        await desk.Page.Locator(".menu > summary").ClickAsync();
        await desk.Page.GetByRole(AriaRole.Button, new() { Name = "Forget all that match…" }).ClickAsync();
        await Expect(desk.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Heading)).ToHaveTextAsync("Forget 1 task?");
        await desk.Page.Keyboard.PressAsync("Escape");
        await desk.ShowAsync("/ui");
        await Expect(desk.Page.Locator("main .notice")).ToContainTextAsync("limited to queue hers");
        await Expect(desk.Page.Locator(".bar a[href='/ui/workers']")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Who_may_only_submit_is_told_so()
    {
        Site.Need();
        await using var desk = await Desk.OpenAsync(site, closed: true);
        await desk.SignInAsync(await site.KeyAsync(new { name = "shop", roles = new[] { "submit" } }));
        await Expect(desk.Page.Locator("main .notice")).ToContainTextAsync("may hand in tasks and no more");

        // It hands one in, and is told which: there is nothing more for it to see.
        await desk.ShowAsync("/ui/types/add");
        await desk.Page.GetByRole(AriaRole.Button, new() { Name = "New task" }).ClickAsync();
        var dialog = desk.Page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("x", new() { Exact = true }).FillAsync("1");
        await dialog.GetByLabel("y", new() { Exact = true }).FillAsync("2");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Submit" }).ClickAsync();
        await Expect(desk.Page.Locator(".toast")).ToContainTextAsync("add is handed in: ");
        await Expect(desk.Page.Locator("h1")).ToHaveTextAsync("add");
    }

    [Fact]
    public async Task Whose_key_is_revoked_is_led_to_the_sign_in()
    {
        Site.Need();
        var key = await site.KeyAsync(new { name = "leaver", roles = new[] { "read" } });
        await using var desk = await Desk.OpenAsync(site, closed: true);
        await desk.SignInAsync(key, "/ui/tasks?tag=nobody-has-this");
        await Expect(desk.Page.Locator("#live")).ToHaveTextAsync("Live");
        await site.RevokeAsync(key);
        await Expect(desk.Page.GetByLabel("API key")).ToBeVisibleAsync();
    }
}
