namespace TaskGrid.Browser;

/// <summary>A browser window of somebody's own, which notes whatever the page complains of: a test that has seen it all passes only without.</summary>
internal sealed class Desk : IAsyncDisposable
{
    public const int PhoneWidth = 390;

    private readonly IBrowserContext _context;
    private readonly List<string> _complaints = [];

    private Desk(IBrowserContext context, IPage page)
    {
        (_context, Page) = (context, page);
        page.PageError += (_, error) => Note($"error: {error}");
        page.Console += (_, message) =>
        {
            // What the server refuses is part of what some tests look at; a policy that was violated or a script that failed never is.
            if (message.Type == "error" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal))
            {
                Note($"console: {message.Text}");
            }
        };
    }

    public IPage Page { get; }

    public IReadOnlyList<string> Complaints
    {
        get
        {
            lock (_complaints)
            {
                return [.. _complaints];
            }
        }
    }

    /// <param name="site">Where.</param>
    /// <param name="dark">Whether the reader likes it dark.</param>
    /// <param name="phone">Whether it is as narrow as a phone.</param>
    /// <param name="closed">Whether it is the site that asks for a key.</param>
    public static async Task<Desk> OpenAsync(Site site, bool dark = false, bool phone = false, bool closed = false)
    {
        Site.Need();
        var context = await site.Chromium.NewContextAsync(new()
        {
            BaseURL = closed ? site.ClosedAddress : site.Address,
            ColorScheme = SchemeOf(dark),
            ViewportSize = SizeOf(phone),
            Permissions = ["clipboard-read", "clipboard-write"],
            Locale = "en-GB",
        });
        return new(context, await context.NewPageAsync());
    }

    /// <summary>Shows an open page as another reader likes it.</summary>
    public static async Task ChangeAsync(IPage page, bool dark = false, bool phone = false)
    {
        var size = SizeOf(phone);
        await page.SetViewportSizeAsync(size.Width, size.Height);
        await page.EmulateMediaAsync(new() { ColorScheme = SchemeOf(dark) });
    }

    /// <summary>Opens a page of the site, and waits until it shows something.</summary>
    public async Task<IPage> ShowAsync(string path)
    {
        await Page.GotoAsync(path);
        await Expect(Page.Locator("main h1")).ToBeVisibleAsync();
        return Page;
    }

    /// <summary>Signs in with a key.</summary>
    public async Task SignInAsync(string key, string path = "/ui")
    {
        await Page.GotoAsync(path);
        await Page.GetByLabel("API key").FillAsync(key);
        await Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _context.DisposeAsync();
        Assert.Empty(Complaints);
    }

    private static ColorScheme SchemeOf(bool dark) => dark ? ColorScheme.Dark : ColorScheme.Light;

    private static ViewportSize SizeOf(bool phone) => phone ? new() { Width = PhoneWidth, Height = 844 } : new() { Width = 1280, Height = 860 };

    private void Note(string complaint)
    {
        lock (_complaints)
        {
            _complaints.Add(complaint);
        }
    }
}
