using Deque.AxeCore.Commons;

namespace TaskGrid.Browser;

/// <summary>Who can't see, sees badly, or has no mouse can use every page.</summary>
public sealed class When_everybody_reads(Site site)
{
    private static readonly string s_axe = new BundledAxeScriptProvider().GetScript();
    private static readonly string[] s_rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

    /// <summary>Each is opened once and looked at three times: as it is, in the dark, and as a phone shows it, without being pushed sideways.</summary>
    [Fact]
    public async Task No_page_has_a_violation()
    {
        var pages = await Pages.FillAsync(site);
        var found = new List<string>();
        await pages.EachAsync(dark: false, phone: false, async (name, page) =>
        {
            found.AddRange(await LookAsync(name, page));
            await Desk.ChangeAsync(page, dark: true);
            found.AddRange(await LookAsync($"{name}, dark", page));
            await Desk.ChangeAsync(page, dark: true, phone: true);
            found.AddRange(await LookAsync($"{name}, on a phone", page));
            var width = await page.EvaluateAsync<int>("document.documentElement.scrollWidth");
            if (width > Desk.PhoneWidth)
            {
                found.Add($"{name}, on a phone: {width} wide");
            }

            await Desk.ChangeAsync(page);
        });
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

    private static void AssertNone(List<string> found) => Assert.True(found.Count == 0, string.Join('\n', found));

    /// <summary>
    /// Within the page itself, which has no frames: axe's own way for those that have some puts its script in anew and opens another page to count together,
    /// each time, and that is most of what a look then takes.
    /// </summary>
    private static async Task<IEnumerable<string>> LookAsync(string name, IPage page)
    {
        if (!await page.EvaluateAsync<bool>("'axe' in window"))
        {
            await page.EvaluateAsync(s_axe);
        }

        const string Look = """
            async rules => (await axe.run(document, { runOnly: rules, resultTypes: ["violations"] })).violations.map(v => `${v.id} (${v.help}) ${v.nodes.slice(0, 3).map(n => n.html).join(" | ")}`)
            """;
        return (await page.EvaluateAsync<string[]>(Look, s_rules)).Select(violation => $"{name}: {violation}");
    }
}
