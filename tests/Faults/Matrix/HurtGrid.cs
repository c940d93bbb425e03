using System.Globalization;
using TaskGrid.Kit;
using Xunit;

namespace TaskGrid.Faults.Matrix;

/// <summary>A silo of the grid that is hurt, and its own way to the store.</summary>
internal sealed record Member(ServerProcess Silo, TcpProxy Way);

/// <summary>
/// One cluster on which the cases of the fault matrix happen one after the other: Redis, three silos and a web application, each with
/// a way of its own to the store that can be made slow or cut.
/// </summary>
public sealed class HurtGrid : IAsyncLifetime
{
    private const int Silos = 3;
    private static readonly TimeSpan s_drained = TimeSpan.FromSeconds(120);

    private readonly HashSet<string> _ids = [];
    private RealGrid _grid = null!;
    private TcpProxy _webWay = null!;

    /// <summary>How many tasks a case submits: <c>TASKGRID_FAULTS_N</c>, 400 by default.</summary>
    public static int N { get; } = int.TryParse(Environment.GetEnvironmentVariable("TASKGRID_FAULTS_N"), CultureInfo.InvariantCulture, out var n) ? n : 400;

    internal List<Member> Members { get; } = [];

    internal RedisServer Redis => _grid.Redis;

    internal Web Web { get; private set; } = null!;

    internal ITaskClient Tasks => _grid.Tasks;

    internal IReadOnlyList<Execution> Executions => _grid.Executions;

    /// <summary>All ways to the store.</summary>
    internal IEnumerable<TcpProxy> Ways => Members.Select(m => m.Way).Append(_webWay);

    public async ValueTask InitializeAsync()
    {
        _grid = await RealGrid.StartAsync(silos: 0);
        _webWay = new(Redis.Port);
        await RestoreAsync();
        await _grid.ConnectAsync();
        Web = await Web.StartAsync(ConnectionTo(_webWay));
    }

    public async ValueTask DisposeAsync()
    {
        if (_grid is null)
        {
            return;
        }

        await Web.DisposeAsync();
        await _webWay.DisposeAsync();
        foreach (var member in Members)
        {
            await member.Way.DisposeAsync();
        }

        await _grid.DisposeAsync();
    }

    /// <summary>Starts as many silos as are missing.</summary>
    internal async Task RestoreAsync()
    {
        foreach (var gone in Members.Where(m => m.Silo.HasExited).ToList())
        {
            await DropAsync(gone);
        }

        await Task.WhenAll(Enumerable.Range(Members.Count, Math.Max(0, Silos - Members.Count)).Select(_ => AddAsync()));
    }

    /// <summary>Adds a silo.</summary>
    internal async Task<Member> AddAsync(params (string Key, string Value)[] settings)
    {
        var way = new TcpProxy(Redis.Port);
        var member = new Member(await _grid.AddSiloAsync([("ConnectionStrings__redis", ConnectionTo(way)), .. settings]), way);
        lock (Members)
        {
            Members.Add(member);
        }

        return member;
    }

    /// <summary>kill -9.</summary>
    internal async Task KillAsync(Member member)
    {
        await _grid.KillAsync(member.Silo);
        await DropAsync(member);
    }

    /// <summary>The runs that a silo does not end: it must have ended, or be frozen.</summary>
    internal IReadOnlyList<Execution> OpenRunsOf(Member member) => [.. Executions.Where(e => e.Pid == member.Silo.Pid && e.EndedAt is null)];

    /// <summary>
    /// Submits tasks over HTTP at an even pace, hurts the grid in the middle, waits until everything is final, and compares what the
    /// client knows with what the handlers wrote.
    /// </summary>
    /// <param name="hurt">The fault; when it returns the grid has what it needs to go on, but for silos that have ended.</param>
    /// <param name="perSecond">The pace.</param>
    /// <param name="milliseconds">How long each task runs.</param>
    /// <param name="n">How many tasks.</param>
    internal async Task<CaseReport> RunAsync(Func<Ledger, Task> hurt, int perSecond = 80, int milliseconds = 200, int? n = null)
    {
        await RestoreAsync();
        var count = n ?? N;
        var (ledger, from, repeated) = (new Ledger(), RealGrid.Now, Web.Repeated);
        var submits = new List<Task<string>>();
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        Task? hurting = null;
        while (submits.Count < count && await tick.WaitForNextTickAsync(TestContext.Current.CancellationToken))
        {
            submits.AddRange(Enumerable.Range(0, Math.Min(perSecond / 20, count - submits.Count)).Select(_ => Web.SubmitAsync(ledger, "work", new { milliseconds })));
            hurting ??= submits.Count >= count / 2 ? hurt(ledger) : null;
        }

        var ids = await Task.WhenAll(submits);
        await hurting!;
        var hurtUntil = RealGrid.Now;
        await RestoreAsync();
        await Parallel.ForEachAsync(ids, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (id, _) => await Web.FinalAsync(ledger, id, s_drained));
        _ids.UnionWith(ledger.Attempted);
        // What earlier cases submitted must not run any more either.
        var runs = Executions.Where(e => e.StartedAt > from).ToList();
        return new(ledger.Acknowledged.Count, Findings.Of(ledger, runs, _grid.Deaths), runs, from, RealGrid.Now - hurtUntil, Web.Repeated - repeated, [.. Web.Unhandled]);
    }

    private async Task DropAsync(Member member)
    {
        _grid.Forget(member.Silo);
        lock (Members)
        {
            Members.Remove(member);
        }

        await member.Way.DisposeAsync();
    }

    private static string ConnectionTo(TcpProxy way) => $"127.0.0.1:{way.Port}";
}
