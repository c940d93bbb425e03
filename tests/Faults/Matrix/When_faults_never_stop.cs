using System.Globalization;
using StackExchange.Redis;
using TaskGrid.Kit;
using Xunit;

namespace TaskGrid.Faults.Matrix;

/// <summary>
/// The soak: a fault every 5 to 15 seconds for <c>TASKGRID_FAULTS_MINUTES</c> (60), while tasks of every kind come in over the client and over
/// HTTP. In the last quarter there are as many keys as in the first, and they weigh as much, but for those that expire, as ids are known for an hour after their tasks
/// have been forgotten, and for the bulk operations, each of which is known, and has its reminder, for an hour. How many there are goes up and down with each round of forgetting, so it is the
/// medians of many looks that are compared. A second web application is never killed: it is its memory that has to stay as it is. In much
/// less than an hour the first quarter is too short for the grid to come to how much there is as a rule.
/// </summary>
[Collection(Alone.Name)]
public sealed class When_faults_never_stop(ITestOutputHelper output)
{
    private const int AtOnce = 4;
    private const int Queues = 10;
    private const string BulkOperations = "taskgrid-bulk";
    private const string Reminders = "taskgrid/reminders";
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);
    private static readonly int s_minutes = HurtGrid.MinutesOr(60);
    private static readonly TimeSpan s_betweenLooks = TimeSpan.FromMinutes(s_minutes / 60.0);

    [Fact(Explicit = true)]
    public async Task Nothing_is_lost_and_nothing_grows()
    {
        await using var grid = await HurtGrid.StartAsync(new()
        {
            Settings = [("TaskGrid__CrashLimit", "1000"), ("TaskGrid__Defaults__KeepSucceeded", "00:01:00"), ("TaskGrid__Defaults__KeepFailed", "00:01:00")],
        });
        var (ledger, random, looks, faults) = (new Ledger(), new Random(Environment.TickCount), new List<(TimeSpan At, Size Size)>(), new List<string>());
        var (since, until) = (RealGrid.Now, RealGrid.Now + TimeSpan.FromMinutes(s_minutes));
        var frozen = new List<Freeze>();
        await using var steady = await Web.StartAsync(grid.Redis.ConnectionString);
        var hurting = HurtAsync(grid, random, faults, frozen, until, MeasureAsync);
        var loads = Enumerable.Range(0, AtOnce).Select(i => LoadAsync(grid, i % 2 == 0 ? grid.Web : steady, ledger, until)).ToList();
        await RealGrid.UntilAsync(
            () => Task.FromResult(loads.All(l => l.IsCompleted) && hurting.IsCompleted), "the load and the faults end", TimeSpan.FromMinutes(s_minutes + 10));
        await hurting;
        var mixtures = (await Task.WhenAll(loads)).SelectMany(m => m).ToList();
        await grid.RestoreAsync();
        var runs = grid.Executions;
        // What a silo was about to begin when it was frozen it begins when it goes on, with a result that nobody takes: the checker's order of runs is that of all others.
        var late = runs.GroupBy(r => r.Id).SelectMany(task => task.Where(r => frozen.Any(f => task.Any(other => f.Delays(r, other))))).ToHashSet();
        var others = Findings.Of(ledger, [.. runs.Where(r => !late.Contains(r))], grid.Deaths);
        var findings = Findings.Of(ledger, runs, grid.Deaths) with { Overlaps = others.Overlaps, Illegal = others.Illegal };
        output.WriteLine($"N = {ledger.Acknowledged.Count}, {runs.Count} runs, {faults.Count} faults ({string.Join(", ", faults.CountBy(f => f).Select(f => $"{f.Value} x {f.Key}"))}): {findings}");
        output.WriteLine(string.Join('\n', findings.Illegal.Concat(late.Select(r => $"late: {r}"))));
        var quarters = looks.GroupBy(l => Math.Min(3, (int)(l.At / TimeSpan.FromMinutes(s_minutes) * 4)), l => l.Size).OrderBy(q => q.Key).Select(q => Size.MedianOf([.. q])).ToList();
        output.WriteLine($"{string.Join('\n', quarters)}\n{looks[^1].Size}");
        Part.Of(ledger.Acknowledged.Count, findings, runs.Count, [("faults", faults.Count), ("begun late", late.Count), .. quarters.SelectMany(q => q.Figures())]).Keep();
        // A frozen silo's code runs beside its successor until it notices, and nobody else's.
        Assert.All(findings.Overlaps, o => Assert.Contains(frozen, f => f.Explains(o.First, o.Second)));
        findings.Check(mayOverlap: true);
        Assert.Empty(grid.Web.Unhandled.Concat(steady.Unhandled));
        var once = mixtures.SelectMany(m => m.Once).ToHashSet();
        Assert.DoesNotContain(runs.Where(r => once.Contains(r.Id)).GroupBy(r => r.Id), g => g.Count() > 1);
        Assert.Equal(4, quarters.Count);
        Assert.True(quarters[^1].Keys < 1.5 * quarters[0].Keys, "there are more and more keys");
        Assert.True(quarters[^1].Weight < 1.5 * quarters[0].Weight, "keys grow and grow");
        Assert.True(quarters[^1].Web < 1.5 * quarters[0].Web, "the web application grows and grows");

        // Between two faults: Redis is there then.
        async Task MeasureAsync()
        {
            if (RealGrid.Now - since > s_betweenLooks * (looks.Count + 1))
            {
                looks.Add((RealGrid.Now - since, await SizeAsync(grid, steady)));
            }
        }
    }

    private static async Task<List<Mixture>> LoadAsync(HurtGrid grid, Web web, Ledger ledger, TimeSpan until)
    {
        var all = new List<Mixture>();
        while (RealGrid.Now < until)
        {
            var mixture = new Mixture(grid.Grid, ledger, s_patience, Queues);
            all.Add(mixture);
            await mixture.RoundAsync();
            foreach (var id in await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => web.SubmitAsync(ledger, "work", new { milliseconds = 100 }))))
            {
                await web.FinalAsync(ledger, id, s_patience);
            }

            await mixture.FinalAsync(s_patience);
        }

        return all;
    }

    private async Task HurtAsync(HurtGrid grid, Random random, List<string> faults, List<Freeze> frozen, TimeSpan until, Func<Task> between)
    {
        var since = RealGrid.Now;
        (string Name, Func<Task> Fault)[] all =
        [
            ("a silo killed", () => grid.KillAsync(Any(grid, random))),
            ("two silos killed", async () =>
            {
                await grid.KillAsync(Any(grid, random));
                await grid.KillAsync(Any(grid, random));
            }),
            ("all silos killed", () => Task.WhenAll(grid.Members.ToList().Select(grid.KillAsync))),
            ("a silo stopped", () => grid.StopAsync(Any(grid, random))),
            ("a silo frozen", async () =>
            {
                var silo = Any(grid, random).Silo;
                var frozenAt = RealGrid.Now;
                await silo.SignalAsync("STOP");
                await PauseAsync(random, 1, 20);
                await silo.SignalAsync("CONT");
                frozen.Add(new(silo.Pid, frozenAt, RealGrid.Now));
            }),
            ("a silo cut off from Redis", async () =>
            {
                var way = Any(grid, random).Way;
                way.Cut();
                await PauseAsync(random, 1, 20);
                way.Heal();
            }),
            ("Redis slow", async () =>
            {
                var ways = grid.Ways.ToList();
                ways.ForEach(w => w.Delay = (TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(200)));
                await PauseAsync(random, 5, 10);
                ways.ForEach(w => w.Delay = default);
            }),
            ("connections to Redis reset", () =>
            {
                grid.Ways.ToList().ForEach(w => w.Reset(share: 0.5));
                return Task.CompletedTask;
            }),
            ("Redis frozen", async () =>
            {
                await grid.Redis.SignalAsync("STOP");
                await PauseAsync(random, 1, 8);
                await grid.Redis.SignalAsync("CONT");
            }),
            ("Redis killed", async () =>
            {
                await grid.Redis.KillWrittenAsync();
                await PauseAsync(random, 1, 10);
                await grid.Redis.RestartAsync();
            }),
            ("the web application killed", async () =>
            {
                await grid.Web.KillAsync();
                await grid.Web.RestartAsync();
            }),
        ];
        while (RealGrid.Now < until)
        {
            await PauseAsync(random, 5, 15);
            var (name, fault) = all[random.Next(all.Length)];
            output.WriteLine($"{(RealGrid.Now - since).TotalSeconds:0} s: {name}");
            faults.Add(name);
            await fault();
            await grid.RestoreAsync();
            await between();
        }
    }

    private static Member Any(HurtGrid grid, Random random) => grid.Members[random.Next(grid.Members.Count)];

    private static async Task PauseAsync(Random random, int least, int most)
    {
        var end = RealGrid.Now + TimeSpan.FromSeconds(least + (random.NextDouble() * (most - least)));
        await RealGrid.UntilAsync(end);
    }

    private static async Task<Size> SizeAsync(HurtGrid grid, Web steady)
    {
        await using var admin = await ConnectionMultiplexer.ConnectAsync($"{grid.Redis.ConnectionString},allowAdmin=true,connectTimeout=30000");
        var server = admin.GetServers()[0];
        var kinds = server.Keys(pageSize: 1000).Select(k => (
            Kind: KindOf(k!), Expires: admin.GetDatabase().KeyTimeToLiveAsync(k), Bytes: admin.GetDatabase().ExecuteAsync("MEMORY", "USAGE", k, "SAMPLES", 0))).ToList();
        await Task.WhenAll(kinds.SelectMany(k => new Task[] { k.Expires, k.Bytes }));
        var kept = kinds.Where(k => k.Expires.Result is null && k.Kind != BulkOperations).ToList();
        var reminders = await admin.GetDatabase().SortedSetRangeByRankAsync(Reminders);
        var others = reminders.Length == 0 ? 1 : (double)reminders.Count(m => !m.ToString().Contains(BulkOperations, StringComparison.Ordinal)) / reminders.Length;
        var info = (await server.InfoAsync()).SelectMany(g => g).ToLookup(p => p.Key, p => p.Value);
        return new(
            // One that has gone since it was found weighs nothing.
            kept.Count, kept.Sum(k => ((double?)k.Bytes.Result ?? 0) * (k.Kind == Reminders ? others : 1)) / 1e6, kinds.Count(k => k.Expires.Result is not null),
            long.Parse(info["used_memory"].Single(), CultureInfo.InvariantCulture) / 1e6, steady.Memory / 1e6,
            string.Join(", ", kept.CountBy(k => k.Kind).OrderByDescending(k => k.Value).Take(8).Select(k => $"{k.Value} x {k.Key}")));
    }

    // {taskgrid}:t:id is one of many, {taskgrid}:silos one of its own.
    private static string KindOf(string key) => key.Contains(BulkOperations, StringComparison.Ordinal) ? BulkOperations : string.Join(':', key.Split(':').Take(2));

    /// <summary>A silo that stood still from one instant to another.</summary>
    private sealed record Freeze(int Pid, TimeSpan From, TimeSpan Until)
    {
        private static readonly TimeSpan s_toNotice = TimeSpan.FromSeconds(5);

        /// <summary>Whether a run went on beside its successor until its silo noticed.</summary>
        public bool Explains(Execution first, Execution second) => Lapses(first, second) && second.StartedAt < Until + s_toNotice;

        /// <summary>Whether a run was frozen between its silo's last look and its code, and so began after its successor.</summary>
        public bool Delays(Execution run, Execution successor) =>
            Lapses(run, successor) && successor.Token > run.Token && successor.StartedAt < run.StartedAt && run.StartedAt < Until + s_toNotice;

        private bool Lapses(Execution run, Execution successor) =>
            run.Pid == Pid && successor.Pid != Pid && successor.StartedAt > From && !(run.EndedAt > Until + s_toNotice);
    }

    private sealed record Size(double Keys, double Weight, double Expiring, double Redis, double Web, string Kept)
    {
        /// <summary>The median of each figure, for itself.</summary>
        public static Size MedianOf(IReadOnlyList<Size> sizes)
        {
            return new(Middle(s => s.Keys), Middle(s => s.Weight), Middle(s => s.Expiring), Middle(s => s.Redis), Middle(s => s.Web), $"medians of {sizes.Count}");

            double Middle(Func<Size, double> figure) => Median.Of(sizes.Select(figure));
        }

        public IEnumerable<(string Name, double Value)> Figures() =>
            [("keys", Keys), ("keys, MB", Weight), ("keys that expire", Expiring), ("Redis, MB", Redis), ("web application, MB", Web)];
    }
}
