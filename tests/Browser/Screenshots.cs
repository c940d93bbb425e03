using System.Globalization;

namespace TaskGrid.Browser;

/// <summary>
/// Makes the pictures in docs/screenshots anew: every page, light, dark and on a phone. The graphs show what has happened in <c>TASKGRID_SCREENSHOTS_MINUTES</c> (1) of work
/// before. Built so, no path of the machine is in a stack:
/// <c>dotnet run -c Release -p:ContinuousIntegrationBuild=true --project tests/Browser -- -explicit only</c>
/// </summary>
public sealed class Screenshots(Site site)
{
    private static readonly TimeSpan s_work = TimeSpan.FromMinutes(double.Parse(Environment.GetEnvironmentVariable("TASKGRID_SCREENSHOTS_MINUTES") ?? "1", CultureInfo.InvariantCulture));

    [Fact(Explicit = true)]
    public async Task Take()
    {
        Site.Need();
        await WorkAsync();
        var folder = Path.Combine(Repository.Root, "docs", "screenshots");
        Directory.CreateDirectory(folder);
        var pages = await Pages.FillAsync(site);
        foreach (var (dark, phone, suffix) in new[] { (false, false, "light"), (true, false, "dark"), (false, true, "phone") })
        {
            await pages.EachAsync(dark, phone, (name, page) => page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}-{suffix}.png"), FullPage = true, Animations = ScreenshotAnimations.Disabled }));
            await using var desk = await Desk.OpenAsync(site, dark, phone, closed: true);
            await desk.ShowAsync("/signin");
            await desk.Page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"signin-{suffix}.png"), FullPage = true });
        }
    }

    /// <summary>What a small grid does on a quiet day: more and less of it, some slow, some that fail.</summary>
    private async Task WorkAsync()
    {
        var chance = new Random(17);
        var started = TimeProvider.System.GetTimestamp();
        using var tick = new PeriodicTimer(TimeSpan.FromSeconds(0.5));
        for (var n = 0; TimeProvider.System.GetElapsedTime(started) is var passed && passed < s_work; n++)
        {
            await tick.WaitForNextTickAsync(TestContext.Current.CancellationToken);
            var wave = 2 + Math.Sin(passed.TotalMinutes / 4) + (passed.TotalMinutes is > 20 and < 24 ? 5 : 0);
            for (var i = 0; i < wave + chance.NextDouble(); i++)
            {
                await site.SubmitAsync(chance.Next(24) switch
                {
                    0 => new { task = "fail", args = new { message = "The printer is out of paper." }, maxAttempts = 2, backoff = new { kind = "fixed", delay = 5 }, queue = "print" },
                    < 5 => new { task = "sleep", args = new { seconds = chance.NextDouble() * 0.4 }, queue = "reports" },
                    _ => (object)new { task = "add", args = new { x = n, y = i } },
                });
            }
        }
    }
}
