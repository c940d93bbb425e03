namespace TaskGrid.Browser;

/// <summary>What happens beside a list while somebody works with it.</summary>
public sealed class When_lists_are_disturbed(Site site)
{
    [Fact]
    public async Task All_rows_that_leave_the_filter_are_seen_to_leave_it()
    {
        await site.PostAsync("/queues/leaving/pause");
        for (var i = 0; i < 45; i++)
        {
            await site.SubmitAsync(new { task = "add", args = new { x = i, y = 0 }, queue = "leaving" });
        }

        await using var desk = await Desk.OpenAsync(site);
        var page = await desk.ShowAsync("/ui/tasks?state=Queued&queue=leaving");
        await Expect(page.Locator("tbody .badge[data-state=Queued]")).ToHaveCountAsync(45);
        await site.PostAsync("/queues/leaving/resume");
        await Expect(page.Locator("tbody .badge[data-state=Succeeded]")).ToHaveCountAsync(45);
        await Expect(page.Locator("tbody tr.apart")).ToHaveCountAsync(45);
    }

    [Fact]
    public async Task What_changes_before_the_stream_is_open_is_caught_up_with()
    {
        var id = await site.SubmitAsync(new { task = "gate", args = new { name = "early" }, tags = new[] { "early" } });
        await using var desk = await Desk.OpenAsync(site);
        var isFirst = true;
        await desk.Page.RouteAsync("**/api/v1/tasks?*", async route =>
        {
            var answer = await route.FetchAsync();
            if (isFirst)
            {
                isFirst = false;
                Acts.Open("early");
                await site.Api.GetAsync($"/api/v1/tasks/{id}?wait=30");
            }

            await route.FulfillAsync(new() { Response = answer });
        });
        var page = await desk.ShowAsync("/ui/tasks?tag=early");
        await Expect(page.Locator("tbody .badge")).ToContainTextAsync("Succeeded");
    }

    [Fact]
    public async Task A_notice_goes_when_what_it_says_is_over()
    {
        await site.RunAsync(new { task = "add", args = new { x = 1, y = 2 }, tags = new[] { "notice" } });
        await using var desk = await Desk.OpenAsync(site);
        var page = await desk.ShowAsync("/ui/tasks?tag=notice");
        await Expect(page.Locator("#live")).ToHaveTextAsync("Live");
        await page.RouteAsync("**/api/v1/tasks?*", route => route.AbortAsync());
        await site.RunAsync(new { task = "add", args = new { x = 1, y = 2 }, tags = new[] { "notice" } });
        await Expect(page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("The server does not answer.");
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(1);
        await page.UnrouteAsync("**/api/v1/tasks?*");
        await site.RunAsync(new { task = "add", args = new { x = 1, y = 2 }, tags = new[] { "notice" } });
        await Expect(page.GetByRole(AriaRole.Alert)).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_page_that_was_left_does_nothing_more()
    {
        await site.RunAsync(new { task = "add", args = new { x = 1, y = 2 }, tags = new[] { "left" } });
        await using var desk = await Desk.OpenAsync(site);
        var page = await desk.ShowAsync("/ui/tasks?tag=left");
        await page.Locator("tbody input[type=checkbox]").CheckAsync();
        await page.Locator(".selection").GetByRole(AriaRole.Button, new() { Name = "Forget" }).ClickAsync();
        await page.EvaluateAsync("document.querySelector(\".bar nav a[href='/ui/tasks']\").click(); document.querySelector(\".bar nav a[href='/ui/types']\").click()");
        await Expect(page.Locator("h1")).ToHaveTextAsync("Task types");
        await Expect(page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
        await page.Keyboard.PressAsync("?");
        await Expect(page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("this list");
        await Expect(page.GetByRole(AriaRole.Dialog)).Not.ToContainTextAsync("select the row");
        await page.GotoAsync("/ui/tasks?tag=left");
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task Whoever_comes_back_is_where_they_were_and_the_skip_link_stays_on_the_page()
    {
        for (var i = 0; i < 45; i++)
        {
            await site.SubmitAsync(new { task = "add", args = new { x = i, y = 0 }, tags = new[] { "scrolled" }, delay = 3600 });
        }

        await using var desk = await Desk.OpenAsync(site);
        var page = await desk.ShowAsync("/ui/tasks?tag=scrolled");
        await page.Locator("tbody input[type=checkbox]").First.CheckAsync();
        await page.Locator(".skip").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".selection strong")).ToHaveTextAsync("1 selected");
        await page.Locator("tbody a.open").Nth(40).ScrollIntoViewIfNeededAsync();
        var before = await page.EvaluateAsync<double>("scrollY");
        Assert.True(before > 300, $"{before}");
        await page.Locator("tbody a.open").Nth(40).ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("add");
        await page.GoBackAsync();
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(45);
        Assert.Equal(before, await page.EvaluateAsync<double>("scrollY"), 2.0);
    }

    [Fact]
    public async Task A_button_keeps_the_focus_while_rows_change_and_a_menu_closes()
    {
        await site.RunAsync(new { task = "add", args = new { x = 1, y = 2 }, tags = new[] { "focus" } });
        await site.SubmitAsync(new { task = "gate", args = new { name = "focus" }, tags = new[] { "focus" } });
        await using var desk = await Desk.OpenAsync(site);
        var page = await desk.ShowAsync("/ui/tasks?tag=focus");
        await page.Locator("tbody input[type=checkbox]").First.CheckAsync();
        await page.Locator(".selection").GetByRole(AriaRole.Button, new() { Name = "Cancel" }).FocusAsync();
        Acts.Open("focus");
        await Expect(page.Locator("tbody .badge[data-state=Succeeded]")).ToHaveCountAsync(2);
        await Expect(page.Locator(".selection").GetByRole(AriaRole.Button, new() { Name = "Cancel" })).ToBeDisabledAsync();
        await page.Locator("tbody input[type=checkbox]").First.UncheckAsync();
        await page.Locator(".menu > summary").ClickAsync();
        await Expect(page.Locator(".menu-items")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator(".menu-items")).ToBeHiddenAsync();
        await page.Locator(".menu > summary").ClickAsync();
        await page.Locator("h1").ClickAsync();
        await Expect(page.Locator(".menu-items")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task A_server_that_does_not_answer_at_first_is_asked_again()
    {
        await using var desk = await Desk.OpenAsync(site);
        var tries = 0;
        await desk.Page.RouteAsync("**/api/v1/me", route => tries++ == 0
            ? route.FulfillAsync(new() { Status = 503, ContentType = "application/problem+json", Body = """{"status":503,"code":"grid_unavailable","detail":"No silo answers."}""" })
            : route.ContinueAsync());
        await desk.Page.GotoAsync("/ui/tasks");
        await Expect(desk.Page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("No silo answers.");
        await Expect(desk.Page.GetByRole(AriaRole.Button, new() { Name = "New task" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Words_of_a_search_are_what_they_say()
    {
        await using var desk = await Desk.OpenAsync(site);
        var page = await desk.ShowAsync("/ui/tasks");
        await page.GetByLabel("Search tasks").FillAsync("text:no disk since:90s");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".chips")).ToContainTextAsync("text no disk");
        Assert.Matches("since=20[0-9-]+T", page.Url);
        await desk.ShowAsync("/ui/tasks?since=nonsense");
        await Expect(page.Locator(".chips")).ToContainTextAsync("since nonsense");
    }
}
