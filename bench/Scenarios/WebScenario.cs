using System.Diagnostics;
using System.Text.Json;

namespace TaskGrid.Bench;

/// <summary>Submits over HTTP at an even pace: with nobody else there, and while thousands wait for tasks and follow them.</summary>
internal sealed class WebScenario : GridScenario
{
    private const int SubmitsPerSecond = 50;
    private const int LongPolls = 1000;
    private const int Followers = 1000;
    private const int GridFollowers = 10;
    private static readonly TimeSpan s_settle = TimeSpan.FromSeconds(15);

    public override string Name => "waiters";

    public override string Title =>
        $"{SubmitsPerSecond} submits a second over HTTP: alone, and beside {LongPolls} long polls, {Followers} followers of a task each and {GridFollowers} of the grid";

    public override int Count => 1_500;

    public override GridShape Shape => new(HasWeb: true);

    public override async Task<Dictionary<string, double>> RunAsync(TaskGridContender grid, int count)
    {
        var measured = TimeSpan.FromSeconds((double)count / SubmitsPerSecond);
        using var crowd = new Crowd(grid.Web!);
        await SubmitAsync(crowd, measured / 3);
        var quiet = await SubmitAsync(crowd, measured);
        crowd.Gather(LongPolls, Followers, GridFollowers);
        await SubmitAsync(crowd, s_settle < measured ? s_settle : measured);
        var before = (await grid.UsageAsync()).Web!;
        var busy = await SubmitAsync(crowd, measured);
        var used = (await grid.UsageAsync()).Web!;
        await crowd.DisperseAsync();
        return new()
        {
            ["acknowledged p50 ms before"] = Statistics.Percentile(quiet, 0.5),
            ["acknowledged p99 ms before"] = Statistics.Percentile(quiet, 0.99),
            [Figure.AcknowledgedP50] = Statistics.Percentile(busy, 0.5),
            [Figure.AcknowledgedP99] = Statistics.Percentile(busy, 0.99),
            ["tasks waited for"] = crowd.Finished,
            ["events"] = crowd.Told,
            ["web CPU % of a core"] = 100 * (used - before).CpuMs / measured.TotalMilliseconds,
            ["web MiB"] = used.MemoryBytes / 1048576,
        };
    }

    private static async Task<double[]> SubmitAsync(Crowd crowd, TimeSpan time)
    {
        var submits = new List<Task<double>>();
        using var tick = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / SubmitsPerSecond));
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < time && await tick.WaitForNextTickAsync())
        {
            submits.Add(TimeAsync());
        }

        return await Task.WhenAll(submits);

        async Task<double> TimeAsync()
        {
            var start = Stopwatch.GetTimestamp();
            await crowd.NewTaskAsync(0);
            return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
    }

    /// <summary>Those who wait and follow.</summary>
    private sealed class Crowd(Uri web) : IDisposable
    {
        private static readonly int[] s_args = [1, 2];

        private readonly RestClient _client = new(web);
        private readonly CancellationTokenSource _end = new();
        private readonly Random _random = new(1);
        private List<Task> _all = [];
        private long _finished;
        private long _told;

        public long Finished => Interlocked.Read(ref _finished);

        public long Told => Interlocked.Read(ref _told);

        public void Gather(int longPolls, int followers, int gridFollowers) => _all =
        [
            .. Enumerable.Range(0, longPolls).Select(_ => AgainAndAgainAsync(PollAsync)),
            .. Enumerable.Range(0, followers).Select(_ => AgainAndAgainAsync(FollowAsync)),
            .. Enumerable.Range(0, gridFollowers).Select(_ => AgainAndAgainAsync(() => ReadEventsAsync("api/v1/events"))),
        ];

        public async Task DisperseAsync()
        {
            await _end.CancelAsync();
            await Task.WhenAll(_all);
        }

        public async Task<string> NewTaskAsync(double delay)
        {
            using var response = await _client.PostAsync("api/v1/tasks", new { task = "add", args = s_args, delay });
            response.EnsureSuccessStatusCode();
            using var task = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync());
            return task.RootElement.GetProperty("id").GetString()!;
        }

        public void Dispose()
        {
            _client.Dispose();
            _end.Dispose();
        }

        private async Task PollAsync()
        {
            var id = await NewTaskAsync(Delay());
            using var response = await _client.GetAsync($"api/v1/tasks/{id}?wait=60", _end.Token);
            response.EnsureSuccessStatusCode();
            Interlocked.Increment(ref _finished);
        }

        private async Task FollowAsync() => await ReadEventsAsync($"api/v1/tasks/{await NewTaskAsync(Delay())}/events");

        private Task ReadEventsAsync(string path) => _client.ReadEventsAsync(path, () => Interlocked.Increment(ref _told), _end.Token);

        private async Task AgainAndAgainAsync(Func<Task> act)
        {
            try
            {
                while (!_end.IsCancellationRequested)
                {
                    await act();
                }
            }
            catch (OperationCanceledException) when (_end.IsCancellationRequested)
            {
                // It is over.
            }
        }

        private double Delay()
        {
            lock (_random)
            {
                return 2 + (_random.NextDouble() * 20);
            }
        }
    }
}
