using System.Net.Http.Json;

namespace TaskGrid.Browser;

public sealed class When_the_grid_is_looked_at(Site site)
{
    [Fact]
    public async Task The_overview_counts_live_and_draws_the_last_hour()
    {
        await site.RunAsync(new { task = "fail", args = new { message = "counted" }, maxAttempts = 1 });
        await using var desk = await Desk.OpenAsync(site);
        var page = await desk.ShowAsync("/ui");
        await Expect(page.Locator(".chart canvas")).ToHaveCountAsync(2);
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Failures", Exact = true })).ToContainTextAsync("InvalidOperationException");
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Silos" }).First).ToContainTextAsync("of ");
        var running = page.Locator(".tile", new() { HasText = "Running" }).Locator(".figure");
        var before = int.Parse(await running.InnerTextAsync(), System.Globalization.CultureInfo.InvariantCulture);
        await site.SubmitAsync(new { task = "gate", args = new { name = "counted" } });
        await Expect(running).ToHaveTextAsync($"{before + 1}");
        Acts.Open("counted");
        await Expect(running).ToHaveTextAsync($"{before}");

        await page.Locator(".tile", new() { HasText = "Failed" }).ClickAsync();
        await Expect(page).ToHaveURLAsync($"{site.Address}/ui/tasks?state=Failed");
    }

    [Fact]
    public async Task A_form_is_made_of_the_schema_and_sends_what_was_filled_in()
    {
        await using var desk = await Desk.OpenAsync(site);
        var page = await desk.ShowAsync("/ui/types");
        await page.GetByRole(AriaRole.Link, new() { Name = "many" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "New task" }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        // The command goes with the task that is chosen.
        await dialog.GetByText("As curl").ClickAsync();
        await dialog.GetByLabel("Task", new() { Exact = true }).SelectOptionAsync("add");
        await Expect(dialog.Locator("details pre")).ToContainTextAsync("{\"task\":\"add\"");
        await dialog.GetByLabel("Task", new() { Exact = true }).SelectOptionAsync("many");
        await dialog.GetByText("As curl").ClickAsync();
        await dialog.GetByLabel("text", new() { Exact = true }).FillAsync("hello");
        await dialog.GetByLabel("whole").FillAsync("42");
        await dialog.GetByLabel("flag").SelectOptionAsync("true");
        await dialog.GetByLabel("size").SelectOptionAsync("Large");
        await dialog.GetByLabel("City").First.FillAsync("Rome");
        await dialog.GetByLabel("words").FillAsync("""["a", "b"]""");
        await dialog.GetByText("As curl").ClickAsync();
        await Expect(dialog.Locator("details pre")).ToContainTextAsync("\"whole\":42");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Submit" }).ClickAsync();

        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Result" })).ToContainTextAsync("hello 42  True Large Place { City = Rome, Zip =  } 2");
    }

    [Fact]
    public async Task The_example_counts_and_refuses_what_is_no_address()
    {
        await using var desk = await Desk.OpenAsync(site);
        var page = await desk.ShowAsync("/ui/example");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add" }).ClickAsync();
        await Expect(page.Locator(".runs li", new() { HasText = "add" })).ToContainTextAsync("succeeded");
        await page.GetByLabel("total").FillAsync("2");
        await page.GetByRole(AriaRole.Button, new() { Name = "Process" }).ClickAsync();
        await Expect(page.Locator(".runs li", new() { HasText = "process" })).ToContainTextAsync("succeeded");
        await page.GetByLabel("recipient").FillAsync("nobody");
        await page.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_mail_arrives_is_read_and_deleted_and_then_the_mailbox_teaches()
    {
        await using var desk = await Desk.OpenAsync(site);
        var page = await desk.ShowAsync("/ui/example");
        await page.GetByLabel("recipient").FillAsync("grace@example.com");
        await page.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();
        await Expect(page.Locator(".runs li", new() { HasText = "send_email" })).ToContainTextAsync("succeeded");
        await desk.ShowAsync("/ui/mail");
        await page.Locator(".list a", new() { HasText = "grace@example.com" }).First.ClickAsync();
        await Expect(page.Locator("article pre")).ToContainTextAsync("Hello from the grid.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete all" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await Expect(page.Locator(".empty pre")).ToBeVisibleAsync();
        var command = await page.Locator(".empty pre").InnerTextAsync();
        Assert.Contains($"{site.Address}/send_email", command, StringComparison.Ordinal);

        // Pasted as it stands it does what it says.
        await Shell.RunAsync(command);
        await Expect(page.Locator(".list a")).ToContainTextAsync("ada@example.com");
    }

    [Fact]
    public async Task A_store_that_loses_tasks_is_told_in_red_until_it_does_not()
    {
        await using var desk = await Desk.OpenAsync(site);
        var page = await desk.ShowAsync("/ui");
        await Expect(page.GetByRole(AriaRole.Alert)).ToHaveCountAsync(0);
        await site.ConfigureStoreAsync("maxmemory-policy", "allkeys-lru");
        try
        {
            await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("The store is degraded. ");
            await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("allkeys-lru deletes tasks when memory runs short");
        }
        finally
        {
            await site.ConfigureStoreAsync("maxmemory-policy", "noeviction");
        }

        await Expect(page.GetByRole(AriaRole.Alert)).ToHaveCountAsync(0);
        // The silos take tasks again once they have seen it as well.
        await page.GotoAsync("/ui/types/add");
        for (var tries = 0; !(await site.Api.PostAsJsonAsync("/api/v1/tasks?wait=5", new { task = "add", args = new { x = 1, y = 2 } }, TestContext.Current.CancellationToken)).IsSuccessStatusCode; tries++)
        {
            Assert.True(tries < 300, "No task is taken though the store is well.");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task What_only_the_handler_is_to_see_is_typed_and_shown_to_nobody()
    {
        await using var desk = await Desk.OpenAsync(site);
        var page = await desk.ShowAsync("/ui/types/charge");
        await page.GetByRole(AriaRole.Button, new() { Name = "New task" }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("customer").FillAsync("ada");
        await Expect(dialog.GetByLabel("cardNumber")).ToHaveAttributeAsync("type", "password");
        await dialog.GetByLabel("cardNumber").FillAsync("4111111111111111");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Submit" }).ClickAsync();

        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Result" })).ToContainTextAsync("ada paid with 1111");
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Arguments" })).ToContainTextAsync("cardNumber: \"[hidden]\"");
        Assert.DoesNotContain("4111111111111111", await page.ContentAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_there_says_so()
    {
        await using var desk = await Desk.OpenAsync(site);
        await desk.ShowAsync("/ui/tasks/nobody");
        await Expect(desk.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("nobody");
        await desk.ShowAsync("/ui/types/nobody");
        await Expect(desk.Page.Locator(".notice")).ToContainTextAsync("No silo that is up runs a task of this name");
    }

    [Fact]
    public async Task The_theme_is_chosen_and_remembered()
    {
        await using var desk = await Desk.OpenAsync(site);
        var page = await desk.ShowAsync("/ui/queues");
        await page.Locator("#theme").ClickAsync();
        await page.Locator("#theme").ClickAsync();
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        await page.ReloadAsync();
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        Assert.Equal("rgb(16, 20, 24)", await page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor"));
    }
}
