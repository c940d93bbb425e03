namespace TaskGrid.Browser;

public sealed class When_a_task_is_looked_at(Site site)
{
    [Fact]
    public async Task A_task_from_the_form_is_followed_live_to_its_end()
    {
        await using var desk = await Desk.OpenAsync(site);
        var page = await desk.ShowAsync("/ui/types/gate");
        await page.GetByRole(AriaRole.Button, new() { Name = "New task" }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("name", new() { Exact = true }).FillAsync("from-the-form");
        await dialog.GetByLabel("Tags, with spaces between").FillAsync("browser form");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Submit" }).ClickAsync();

        await Expect(page.Locator("h1")).ToHaveTextAsync("gate");
        await Expect(page.Locator(".title .badge.state")).ToContainTextAsync("Running");
        await Expect(page.GetByRole(AriaRole.Progressbar, new() { Name = "Progress" })).ToHaveJSPropertyAsync("value", 3);
        await Expect(page.Locator(".progress")).ToContainTextAsync("3 of 10 (30 %) · before the gate");
        await Expect(page.GetByRole(AriaRole.Log)).ToContainTextAsync("waiting at the gate");
        Acts.Open("from-the-form");

        await Expect(page.Locator(".title .badge.state")).ToContainTextAsync("Succeeded");
        await Expect(page.GetByRole(AriaRole.Log)).ToContainTextAsync("through the gate");
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Result" })).ToContainTextAsync("\"through\"");
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Timeline" })).ToContainTextAsync("attempt 1 succeeded");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "browser" })).ToHaveAttributeAsync("href", "/ui/tasks?tag=browser");
    }

    [Fact]
    public async Task A_running_one_is_cancelled()
    {
        var id = await site.SubmitAsync(new { task = "gate", args = new { name = "cancelled-in-the-browser" } });
        await using var desk = await Desk.OpenAsync(site);
        var page = await desk.ShowAsync($"/ui/tasks/{id}");
        await Expect(page.Locator(".title .badge.state")).ToContainTextAsync("Running");
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Cancel the task" }).ClickAsync();

        await Expect(page.Locator(".title .badge.state")).ToContainTextAsync("Cancelled");
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Result" })).ToContainTextAsync("Cancelled: requested.");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Retry" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_failed_one_shows_why_and_is_retried_and_forgotten()
    {
        var id = await site.RunAsync(new { task = "fail", args = new { message = "hard luck" }, maxAttempts = 1 });
        await using var desk = await Desk.OpenAsync(site);
        var page = await desk.ShowAsync($"/ui/tasks/{id}");
        var error = page.GetByRole(AriaRole.Region, new() { Name = "Error" });
        await Expect(error.Locator(".message")).ToHaveTextAsync("hard luck");
        await Expect(error.Locator("pre")).ToContainTextAsync("   at ");
        await error.GetByRole(AriaRole.Button, new() { Name = "Copy the error" }).ClickAsync();
        Assert.Contains("hard luck", await page.EvaluateAsync<string>("navigator.clipboard.readText()"), StringComparison.Ordinal);

        await page.GetByRole(AriaRole.Button, new() { Name = "Retry" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Timeline" }).Locator("li[data-kind=Failed]")).ToHaveCountAsync(2);
        await Expect(page.Locator(".title .badge.state")).ToContainTextAsync("Failed");

        await page.GetByRole(AriaRole.Button, new() { Name = "Forget" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Forget the task" }).ClickAsync();
        await Expect(page).ToHaveURLAsync($"{site.Address}/ui/tasks");
        await page.GotoAsync($"/ui/tasks/{id}");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync(id);
    }

    [Fact]
    public async Task A_scheduled_one_is_moved_and_run_now()
    {
        var id = await site.SubmitAsync(new { task = "add", args = new { x = 1, y = 2 }, delay = 3600 });
        await using var desk = await Desk.OpenAsync(site);
        var page = await desk.ShowAsync($"/ui/tasks/{id}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Move" }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("Queue").FillAsync("elsewhere");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Move" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Details" })).ToContainTextAsync("elsewhere");

        await page.GetByRole(AriaRole.Button, new() { Name = "Run now" }).ClickAsync();
        await Expect(page.Locator(".title .badge.state")).ToContainTextAsync("Succeeded");
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Result" })).ToContainTextAsync("3");
    }

    [Fact]
    public async Task What_is_copied_hands_in_the_same_again()
    {
        var id = await site.RunAsync(new { task = "echo", args = new { value = new { text = "it's \"so\"\n$HOME\u2028", big = 1 } }, tags = new[] { "copied" }, maxAttempts = 7, priority = 5 });
        await using var desk = await Desk.OpenAsync(site);
        var page = await desk.ShowAsync($"/ui/tasks/{id}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Copy as…" }).ClickAsync();
        var command = await page.GetByRole(AriaRole.Dialog).Locator("pre").First.InnerTextAsync();

        var answer = await Shell.RunAsync(command);
        var again = System.Text.Json.JsonDocument.Parse(answer).RootElement;
        Assert.Equal(7, again.GetProperty("maxAttempts").GetInt32());
        Assert.DoesNotContain('\u2028', await page.GetByRole(AriaRole.Dialog).Locator("pre").Nth(1).TextContentAsync() ?? "");
        Assert.Equal(["copied"], again.GetProperty("tags").EnumerateArray().Select(t => t.GetString()!));
        var (first, second) = (await site.GetAsync($"/tasks/{id}"), await site.GetAsync($"/tasks/{again.GetProperty("id").GetString()}?wait=30"));
        Assert.Equal(first.GetProperty("result").GetRawText(), second.GetProperty("result").GetRawText());
    }

    [Fact]
    public async Task Its_children_are_drawn_and_listed()
    {
        var id = await site.RunAsync(new { task = "parent" });
        await using var desk = await Desk.OpenAsync(site);
        var page = await desk.ShowAsync($"/ui/tasks/{id}");
        var family = page.GetByRole(AriaRole.Region, new() { Name = "Family" });
        await Expect(family.Locator("svg a")).ToHaveCountAsync(3);
        // Followed by "and perhaps more" where others have handed in thousands in the minute before: a list does not look at more than 10,000.
        await family.GetByText("As a list: 3 tasks").ClickAsync();
        await family.GetByRole(AriaRole.Link, new() { NameRegex = new("^add ") }).First.ClickAsync();

        await Expect(page.Locator("h1")).ToHaveTextAsync("add");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = id }).First).ToHaveAttributeAsync("href", $"/ui/tasks/{id}");
    }

    [Fact]
    public async Task The_drawing_of_its_children_goes_on_with_them()
    {
        var id = await site.RunAsync(new { task = "guard", args = new { name = "guarded" } });
        await using var desk = await Desk.OpenAsync(site);
        var page = await desk.ShowAsync($"/ui/tasks/{id}");
        var child = page.Locator("svg a:not(.own)");
        await Expect(child).ToHaveAttributeAsync("data-state", "Running");
        Acts.Open("guarded");
        await Expect(child).ToHaveAttributeAsync("data-state", "Succeeded");
    }

    [Fact]
    public async Task Each_line_is_logged_once_and_what_was_opened_stays_open_when_it_runs_again()
    {
        var id = await site.RunAsync(new { task = "say", args = new { text = "a line", end = "fail" }, maxAttempts = 1 });
        await using var desk = await Desk.OpenAsync(site);
        var page = await desk.ShowAsync($"/ui/tasks/{id}");
        await Expect(page.GetByRole(AriaRole.Log)).ToContainTextAsync("a line");
        await page.GetByRole(AriaRole.Region, new() { Name = "Attempts" }).Locator("summary").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Retry" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Attempts" }).Locator("tbody tr")).ToHaveCountAsync(2);
        await Expect(page.Locator(".title .badge.state")).ToContainTextAsync("Failed");
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Attempts" }).Locator("details[open]")).ToHaveCountAsync(1);
        Assert.Equal(2, (await page.GetByRole(AriaRole.Log).TextContentAsync())!.Split('\n').Length);
    }

    [Fact]
    public async Task One_that_is_forgotten_meanwhile_can_not_be_acted_on()
    {
        var id = await site.RunAsync(new { task = "add", args = new { x = 1, y = 2 } });
        await using var desk = await Desk.OpenAsync(site);
        // Once when it is first shown, and once when the stream is open: from then on the stream has to tell.
        var (read, listens) = (0, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        desk.Page.RequestFinished += (_, request) =>
        {
            if (request.Url.EndsWith($"/{id}/attempts", StringComparison.Ordinal) && ++read == 2)
            {
                listens.SetResult();
            }
        };
        var page = await desk.ShowAsync($"/ui/tasks/{id}");
        await listens.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        using var gone = await site.Api.DeleteAsync($"/api/v1/tasks/{id}", TestContext.Current.CancellationToken);
        await Expect(page.Locator(".notice")).ToHaveTextAsync("This task has been forgotten since.");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Forget" })).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_trace_leads_to_where_it_is_looked_at()
    {
        var id = await site.RunAsync(new { task = "add", args = new { x = 1, y = 2 } });
        await using var desk = await Desk.OpenAsync(site);
        var page = await desk.ShowAsync($"/ui/tasks/{id}");
        var trace = (await site.GetAsync($"/tasks/{id}")).GetProperty("traceId").GetString();

        await Expect(page.Locator($"a[href='https://traces.example/trace/{trace}']")).ToHaveTextAsync(trace!);
    }

    [Fact]
    public async Task Large_numbers_are_shown_as_they_were_sent()
    {
        using var content = new StringContent("""{"task":"echo","id":"large-number","args":{"value":[9007199254740993,1.50]}}""", System.Text.Encoding.UTF8, "application/json");
        using var response = await site.Api.PostAsync("/api/v1/tasks?wait=30", content, TestContext.Current.CancellationToken);
        await using var desk = await Desk.OpenAsync(site);
        var page = await desk.ShowAsync("/ui/tasks/large-number");

        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Arguments" })).ToContainTextAsync("9007199254740993");
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Arguments" })).ToContainTextAsync("1.50");
    }
}
