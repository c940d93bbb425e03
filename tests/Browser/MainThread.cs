using System.Text.Json;

namespace TaskGrid.Browser;

/// <summary>What a page's main thread does, by the browser's own trace: the processor time of its tasks, which does not grow when others keep the machine busy.</summary>
internal sealed class MainThread
{
    private readonly ICDPSession _session;
    private readonly TaskCompletionSource _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<JsonElement> _events = [];

    private MainThread(ICDPSession session)
    {
        _session = session;
        session.Event("Tracing.dataCollected").OnEvent += (_, data) => _events.AddRange(data!.Value.GetProperty("value").EnumerateArray().Select(e => e.Clone()));
        session.Event("Tracing.tracingComplete").OnEvent += (_, _) => _complete.TrySetResult();
    }

    public static async Task<MainThread> WatchAsync(IPage page)
    {
        var thread = new MainThread(await page.Context.NewCDPSessionAsync(page));
        await thread._session.SendAsync("Tracing.start", new()
        {
            ["transferMode"] = "ReportEvents",
            ["traceConfig"] = new Dictionary<string, object> { ["includedCategories"] = new[] { "toplevel", "__metadata" }, ["excludedCategories"] = new[] { "*" } },
        });
        return thread;
    }

    /// <summary>The processor time of each task, in milliseconds, from when it was watched until now.</summary>
    public async Task<IReadOnlyList<double>> StopAsync()
    {
        await _session.SendAsync("Tracing.end");
        await _complete.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        var threads = _events.Where(e => Text(e, "name") == "thread_name" && e.GetProperty("args").GetProperty("name").GetString() == "CrRendererMain").Select(Thread).ToHashSet();
        return [.. _events.Where(e => Text(e, "name") == "ThreadControllerImpl::RunTask" && e.TryGetProperty("tdur", out _) && threads.Contains(Thread(e))).Select(e => e.GetProperty("tdur").GetDouble() / 1000)];
    }

    private static string? Text(JsonElement e, string name) => e.GetProperty(name).GetString();

    private static (int, int) Thread(JsonElement e) => (e.GetProperty("pid").GetInt32(), e.GetProperty("tid").GetInt32());
}
