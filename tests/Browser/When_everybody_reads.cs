using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;

namespace TaskGrid.Browser;

/// <summary>Who can't see, sees badly, or has no mouse can use every page.</summary>
public sealed class When_everybody_reads(Site site)
{
    private static readonly AxeRunOptions s_rules = new() { RunOnly = new() { Type = "tag", Values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] } };

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task No_page_has_a_violation(bool dark, bool phone)
    {
        var pages = await Pages.FillAsync(site);
        var found = new List<string>();
        await pages.EachAsync(dark, phone, async (name, page) => found.AddRange(await LookAsync(name, page)));
        AssertNone(found);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task No_dialog_has_one(bool dark)
    {
        Site.Need();
        await site.RunAsync(new { task = "add", args = new { x = 1, y = 2 }, queue = "asked" });
        await using var desk = await Desk.OpenAsync(site, dark);
        var page = await desk.ShowAsync("/ui/queues");
        await page.GetByRole(AriaRole.Button, new() { Name = "Limits of asked" }).ClickAsync();
        var found = (await LookAsync("limits", page)).ToList();
        await page.Keyboard.PressAsync("Escape");
        await page.GetByRole(AriaRole.Button, new() { Name = "Pause asked" }).ClickAsync();
        found.AddRange(await LookAsync("pause", page));
        await page.Keyboard.PressAsync("Escape");
        await desk.ShowAsync("/ui/types/many");
        await page.GetByRole(AriaRole.Button, new() { Name = "New task" }).ClickAsync();
        found.AddRange(await LookAsync("new task", page));
        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.PressAsync("?");
        found.AddRange(await LookAsync("keys", page));
        AssertNone(found);
    }

    [Fact]
    public async Task The_sign_in_has_none()
    {
        await using var desk = await Desk.OpenAsync(site, closed: true);
        AssertNone([.. await LookAsync("sign-in", await desk.ShowAsync("/signin?wrong"))]);
    }

    /// <summary>A phone shows all of a page without being pushed sideways.</summary>
    [Fact]
    public async Task No_page_is_wider_than_a_phone()
    {
        var pages = await Pages.FillAsync(site);
        var wide = new List<string>();
        await pages.EachAsync(dark: false, phone: true, async (name, page) =>
        {
            var width = await page.EvaluateAsync<int>("document.documentElement.scrollWidth");
            if (width > 390)
            {
                wide.Add($"{name}: {width}");
            }
        });
        Assert.Empty(wide);
    }

    private static void AssertNone(List<string> found) => Assert.True(found.Count == 0, string.Join('\n', found));

    private static async Task<IEnumerable<string>> LookAsync(string name, IPage page) =>
        (await page.RunAxe(s_rules)).Violations.Select(v => $"{name}: {v.Id} ({v.Help}) {string.Join(" | ", v.Nodes.Take(3).Select(n => n.Html))}");
}
