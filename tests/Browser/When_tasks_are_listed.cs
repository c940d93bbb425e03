namespace TaskGrid.Browser;

public sealed class When_tasks_are_listed(Site site)
{
    [Fact]
    public async Task A_search_is_an_address_and_chips_to_take_off()
    {
        await site.RunAsync(new { task = "fail", args = new { message = "needle in the hay" }, maxAttempts = 1, tags = new[] { "searched" } });
        await site.RunAsync(new { task = "add", args = new { x = 1, y = 2 }, tags = new[] { "searched" } });
        await using var desk = await Desk.OpenAsync(site);
        var page = await desk.ShowAsync("/ui/tasks");
        await page.Keyboard.PressAsync("/");
        await page.Keyboard.TypeAsync("state:failed tag:searched needle");
        await page.Keyboard.PressAsync("Enter");

        await Expect(page).ToHaveURLAsync($"{site.Address}/ui/tasks?state=Failed&tag=searched&text=needle");
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(1);
        await Expect(page.Locator(".error-line")).ToContainTextAsync("needle in the hay");
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove text needle" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "All", Exact = true }).ClickAsync();
        await Expect(page).ToHaveURLAsync($"{site.Address}/ui/tasks?tag=searched");
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(2);

        // The address says all of it, and so does the way back.
        await page.ReloadAsync();
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(2);
        await page.GoBackAsync();
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task Rows_change_where_they_stand_and_what_is_new_waits_to_be_shown()
    {
        var first = await site.SubmitAsync(new { task = "gate", args = new { name = "row" }, tags = new[] { "rows" } });
        await using var desk = await Desk.OpenAsync(site);
        var page = await desk.ShowAsync("/ui/tasks?tag=rows");
        var row = page.Locator($"tr[data-key='{first}']");
        await Expect(row.Locator(".badge")).ToContainTextAsync("Running");
        Acts.Open("row");
        await Expect(row.Locator(".badge")).ToContainTextAsync("Succeeded");

        await site.RunAsync(new { task = "add", args = new { x = 1, y = 2 }, tags = new[] { "rows" } });
        var news = page.GetByRole(AriaRole.Button, new() { Name = "1 new: show" });
        await Expect(news).ToBeVisibleAsync();
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(1);
        await news.ClickAsync();
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(2);
    }

    [Fact]
    public async Task Nothing_changes_while_live_updates_are_paused()
    {
        var id = await site.SubmitAsync(new { task = "gate", args = new { name = "paused" }, tags = new[] { "paused" } });
        await using var desk = await Desk.OpenAsync(site);
        var page = await desk.ShowAsync("/ui/tasks?tag=paused");
        await Expect(page.Locator("tbody .badge")).ToContainTextAsync("Running");
        await page.Keyboard.PressAsync("p");
        await Expect(page.Locator("#live")).ToHaveTextAsync("Paused");
        Acts.Open("paused");
        await site.Api.GetAsync($"/api/v1/tasks/{id}?wait=30", TestContext.Current.CancellationToken);
        await site.RunAsync(new { task = "add", args = new { x = 1, y = 2 }, tags = new[] { "paused" } });
        await Expect(page.Locator("tbody .badge")).ToContainTextAsync("Running");

        // It is remembered, and what was missed is caught up with.
        await page.ReloadAsync();
        await Expect(page.Locator("#live")).ToHaveTextAsync("Paused");
        await page.Locator("#live").ClickAsync();
        await Expect(page.Locator("#live")).ToHaveTextAsync("Live");
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(2);
    }

    [Fact]
    public async Task What_was_gathered_before_a_pause_is_not_asked_for_during_it()
    {
        await site.SubmitAsync(new { task = "gate", args = new { name = "gathered" }, tags = new[] { "gathered" } });
        await using var desk = await Desk.OpenAsync(site);
        await desk.Page.Clock.InstallAsync();
        var network = await desk.Page.Context.NewCDPSessionAsync(desk.Page);
        await network.SendAsync("Network.enable");
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        network.Event("Network.eventSourceMessageReceived").OnEvent += (_, what) =>
        {
            if (what!.Value.GetProperty("data").GetString()!.Contains("heard-once", StringComparison.Ordinal))
            {
                heard.TrySetResult();
            }
        };
        var page = await desk.ShowAsync("/ui/tasks?tag=gathered");
        await Expect(page.Locator("tbody .badge")).ToContainTextAsync("Running");
        await site.SubmitAsync(new { task = "add", args = new { x = 1, y = 2 }, id = "heard-once", delay = 3600 });
        await heard.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        await page.Keyboard.PressAsync("p");
        await Expect(page.Locator("#live")).ToHaveTextAsync("Paused");
        var asked = new List<string>();
        page.Request += (_, request) => asked.Add(request.Url);
        await page.Clock.RunForAsync(5000);
        Acts.Open("gathered");

        Assert.Empty(asked);
    }

    [Fact]
    public async Task Pages_lead_on_and_back()
    {
        for (var i = 0; i < 55; i++)
        {
            await site.SubmitAsync(new { task = "add", args = new { x = i, y = 0 }, tags = new[] { "paged" }, delay = 3600 });
        }

        await using var desk = await Desk.OpenAsync(site);
        var page = await desk.ShowAsync("/ui/tasks?tag=paged");
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(50);
        var first = await page.Locator("tbody tr").First.GetAttributeAsync("data-key");
        await page.GetByRole(AriaRole.Link, new() { Name = "Next" }).ClickAsync();
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(5);
        await page.GetByRole(AriaRole.Link, new() { Name = "Back" }).ClickAsync();
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(50);
        await Expect(page.Locator("tbody tr").First).ToHaveAttributeAsync("data-key", first!);
    }

    [Fact]
    public async Task A_selection_is_cancelled_and_what_matches_is_counted_before_it_is_retried()
    {
        for (var i = 0; i < 4; i++)
        {
            await site.SubmitAsync(new { task = "add", args = new { x = i, y = 0 }, tags = new[] { "many" }, delay = 3600 });
        }

        await using var desk = await Desk.OpenAsync(site);
        var page = await desk.ShowAsync("/ui/tasks?tag=many");
        await page.Locator("tbody input[type=checkbox]").Nth(0).CheckAsync();
        await page.Locator("tbody input[type=checkbox]").Nth(1).CheckAsync();
        await Expect(page.Locator(".selection strong")).ToHaveTextAsync("2 selected");
        await page.Locator(".selection").GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Cancel 2" }).ClickAsync();
        await Expect(page.Locator("tbody .badge[data-state=Cancelled]")).ToHaveCountAsync(2);

        await page.Locator(".menu > summary").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel all that match…" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Heading)).ToHaveTextAsync("Cancel 2 tasks?");
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Cancel 2" }).ClickAsync();
        await Expect(page.Locator(".bulk")).ToContainTextAsync("2 tasks cancelled.");
        await Expect(page.Locator("tbody .badge[data-state=Cancelled]")).ToHaveCountAsync(4);

        await page.GotoAsync("/ui/tasks?tag=many&state=Cancelled");
        await page.Locator(".menu > summary").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Forget all that match…" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Forget 4" }).ClickAsync();
        await Expect(page.Locator(".bulk")).ToContainTextAsync("4 tasks forgotten.");
        await Expect(page.GetByText("No task matches")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task It_is_worked_by_keys_alone()
    {
        var id = await site.RunAsync(new { task = "fail", args = new { message = "by keys" }, maxAttempts = 1, tags = new[] { "keys" } });
        await using var desk = await Desk.OpenAsync(site);
        var page = await desk.ShowAsync("/ui/tasks?tag=keys");
        await page.Keyboard.PressAsync("?");
        await Expect(page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("select the row");
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("x");
        await Expect(page.Locator(".selection strong")).ToHaveTextAsync("1 selected");
        await page.Keyboard.PressAsync("r");
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Retry 1" }).PressAsync("Enter");
        await Expect(page.Locator(".toast").First).ToContainTextAsync("run again");
        await page.Locator("tbody a.open").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page).ToHaveURLAsync($"{site.Address}/ui/tasks/{id}");
        await page.Keyboard.PressAsync("g");
        await page.Keyboard.PressAsync("q");
        await Expect(page).ToHaveURLAsync($"{site.Address}/ui/queues");
    }

    [Fact]
    public async Task A_reader_whose_clock_is_wrong_sees_right_ages()
    {
        await site.RunAsync(new { task = "add", args = new { x = 1, y = 2 }, tags = new[] { "clock" } });
        await using var desk = await Desk.OpenAsync(site);
        await desk.Page.Clock.SetFixedTimeAsync(TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(1));
        var page = await desk.ShowAsync("/ui/tasks?tag=clock");
        await Expect(page.Locator("tbody td.instant time")).ToHaveTextAsync(new System.Text.RegularExpressions.Regex("^(now|\\d+ s ago|in \\d s)$"));
    }
}
