using System.Net.Http.Json;

namespace TaskGrid.Browser;

public sealed class When_much_is_shown(Site site, ITestOutputHelper output)
{
    private const int Tasks = 10_000;
    private const int MostRows = 1000;

    // What it takes to show some rows, as a multiple of what the browser takes for the very same rows as bare markup: how fast the machine is cancels out.
    private const double MostTimes = 3;
    private const int BareTimes = 20;

    [Fact]
    public async Task Ten_thousand_rows_are_paged_through_and_few_are_kept()
    {
        Site.Need();
        for (var i = 0; i < Tasks / 1000; i++)
        {
            using var response = await site.Api.PostAsJsonAsync(
                "/api/v1/tasks/batch", Enumerable.Range(0, 1000).Select(n => new { task = "add", args = new { x = n, y = i }, queue = "large", delay = 86_400, tags = new[] { "large" } }), TestContext.Current.CancellationToken);
            response.EnsureSuccessStatusCode();
        }

        await using var desk = await Desk.OpenAsync(site);
        var page = desk.Page;
        var thread = await MainThread.WatchAsync(page);
        await page.GotoAsync("/ui/tasks?queue=large&limit=200");
        // What is looked for by its role, and what is expected and not there yet, has the driver go through all elements on the main thread, which takes longer
        // than all that the page does.
        await page.Locator("tbody tr").First.WaitForAsync();
        var rowsAsMarkup = await page.Locator("table").EvaluateAsync<string>("t => t.outerHTML");
        var (seen, most) = (0, 0);
        for (var number = 1; ; number++)
        {
            await page.Locator("tbody tr").First.WaitForAsync();
            var rows = await page.Locator("tbody tr").CountAsync();
            (seen, most) = (seen + rows, Math.Max(most, rows));
            var next = page.Locator("a[rel=next]");
            if (await next.CountAsync() == 0)
            {
                break;
            }

            Assert.True(number <= Tasks / 200, "There is no end.");
            var first = await page.Locator("tbody tr").First.GetAttributeAsync("data-key");
            await next.ClickAsync();
            // The last page may be an empty one: nobody knew that there are no more that match.
            await page.Locator($".empty, tbody tr:first-child:not([data-key='{first}'])").WaitForAsync();
            if (await page.Locator(".empty").CountAsync() > 0)
            {
                break;
            }
        }

        var paging = TakenByMost(await thread.StopAsync(), Tasks / 200);
        var bare = TakenByMost(await BareAsync(page, rowsAsMarkup), BareTimes);
        output.WriteLine($"{seen} rows, {most} at a time; most pages took the main thread {paging:F1} ms of a processor at a time, the same rows as bare markup {bare:F1} ms");
        Assert.Equal(Tasks, seen);
        Assert.True(most <= MostRows, $"{most} rows at a time.");
        Assert.True(paging < MostTimes * bare, $"Most pages took the main thread {paging:F1} ms of a processor at a time, the same rows as bare markup {bare:F1} ms.");
    }

    /// <summary>What the main thread does to show some markup that nobody listens to, some times over.</summary>
    private static async Task<IReadOnlyList<double>> BareAsync(IPage page, string markup)
    {
        await page.EvaluateAsync("(markup) => { window.bare = markup; document.body.replaceChildren(document.createElement('div')); }", markup);
        var thread = await MainThread.WatchAsync(page);
        for (var i = 0; i < BareTimes; i++)
        {
            await page.EvaluateAsync("() => { document.body.firstChild.innerHTML = window.bare; return document.body.offsetHeight; }");
        }

        return await thread.StopAsync();
    }

    /// <summary>What half of the rounds took at least in one task: a round that something else of the machine came into says nothing of the page.</summary>
    private static double TakenByMost(IReadOnlyList<double> tasks, int rounds) => tasks.OrderDescending().ElementAt(rounds / 2);

    [Fact]
    public async Task Live_updates_move_nothing()
    {
        Site.Need();
        await site.RunAsync(new { task = "add", args = new { x = 1, y = 2 }, tags = new[] { "still" } });
        await using var desk = await Desk.OpenAsync(site);
        var page = desk.Page;
        await page.AddInitScriptAsync("window.moved = 0; new PerformanceObserver((list) => list.getEntries().forEach((e) => { if (window.counts) window.moved += e.value; })).observe({ type: 'layout-shift', buffered: true })");
        foreach (var path in new[] { "/ui/tasks?tag=still", "/ui", "/ui/queues" })
        {
            await desk.ShowAsync(path);
            await Expect(page.Locator("#live")).ToHaveTextAsync("Live");
            if (path == "/ui")
            {
                await Expect(page.Locator(".chart canvas")).ToHaveCountAsync(2);
            }

            await page.EvaluateAsync("window.moved = 0; window.counts = true");
            for (var i = 0; i < 20; i++)
            {
                await site.RunAsync(new { task = "add", args = new { x = i, y = 2 }, tags = new[] { "still" } });
            }

            // What has changed is seen: then it could have moved something.
            var sign = path switch { "/ui" => page.Locator(".tile", new() { HasText = "Succeeded" }).Locator(".figure"), "/ui/queues" => page.Locator("tr[data-key=default] td[data-label='In/s']"), _ => page.Locator(".news") };
            await Expect(sign).Not.ToHaveTextAsync("");
            var moved = await page.EvaluateAsync<double>("window.moved");
            output.WriteLine($"{path}: {moved:F4}");
            Assert.True(moved < 0.01, $"{path} moved by {moved}.");
        }
    }

    /// <summary>How soon there is something to see, and what came over the wire for it. Measured; what is held against a bound is the size alone.</summary>
    [Fact]
    public async Task The_pages_are_light()
    {
        var pages = await Pages.FillAsync(site);
        foreach (var (name, path) in pages.Paths)
        {
            await using var desk = await Desk.OpenAsync(site);
            var page = await desk.ShowAsync(path);
            if (name == "overview")
            {
                await Expect(page.Locator(".chart canvas")).ToHaveCountAsync(2);
            }

            var paint = await page.EvaluateAsync<double>("performance.getEntriesByName('first-contentful-paint')[0].startTime");
            var bytes = await page.EvaluateAsync<double>("[...performance.getEntriesByType('resource'), ...performance.getEntriesByType('navigation')].reduce((sum, e) => sum + e.transferSize, 0)");
            output.WriteLine($"{name}: first contentful paint {paint:F0} ms, {bytes / 1000:F0} kB");
            Assert.True(bytes is > 0 and < 250_000, $"{name} took {bytes} bytes.");
        }
    }
}
