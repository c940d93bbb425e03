using System.Collections.Concurrent;
using System.Globalization;
using TaskGrid.Kit;
using Xunit;

namespace TaskGrid.Faults.Matrix;

/// <summary>A silo of the grid that is hurt, and the ways to and from it.</summary>
/// <param name="Silo">Its process.</param>
/// <param name="Way">Its own way to the store.</param>
/// <param name="Inward">The ways to it: of other silos, and of clients. None unless the grid was started with them.</param>
internal sealed record Member(ServerProcess Silo, TcpProxy Way, IReadOnlyList<TcpProxy> Inward);

/// <summary>
/// One cluster on which the cases of the fault matrix happen one after the other: Redis, three silos and a web application, each with
/// a way of its own to the store that can be made slow or cut.
/// </summary>
public sealed class HurtGrid : IAsyncLifetime
{
    private const int Silos = 3;

    // How many tasks a silo runs at once.
    private const int Slots = 16;

    private static readonly TimeSpan s_drained = TimeSpan.FromSeconds(120);

    // What has been left behind of a run or a lease shows itself after a silo's time to live: worth the wait where there is time.
    private static readonly TimeSpan s_aftermath = N <= 400 ? TimeSpan.Zero : TimeSpan.FromSeconds(8);

    private readonly List<EndedSilo> _ended = [];
    private RealGrid _grid = null!;
    private TcpProxy _webWay = null!;
    private int _endedBefore;
    private bool _isPlugged;

    /// <summary>How many tasks a case submits: <c>TASKGRID_FAULTS_N</c>, 400 by default.</summary>
    public static int N { get; } = int.TryParse(Environment.GetEnvironmentVariable("TASKGRID_FAULTS_N"), CultureInfo.InvariantCulture, out var n) ? n : 400;

    // 80 a second; when there are many, 160, which the slots of two silos just do of tasks of 200 ms.
    private static int PerTick => N <= 400 ? 4 : 8;

    /// <summary>How many minutes what is about duration lasts: <c>TASKGRID_FAULTS_MINUTES</c>, or as many as it says itself.</summary>
    public static int MinutesOr(int byDefault) =>
        int.TryParse(Environment.GetEnvironmentVariable("TASKGRID_FAULTS_MINUTES"), CultureInfo.InvariantCulture, out var n) ? n : byDefault;

    /// <summary>The Redis to use; one of its own when it is left out.</summary>
    internal RedisServer? On { get; init; }

    /// <summary>Where Redis talks in TLS, and by which certificates; it does not when it is left out.</summary>
    internal (int Port, Certificates Certificates)? Tls { get; init; }

    /// <summary>Whether silos and clients reach each silo by ways that can be cut.</summary>
    internal bool HasInwardWays { get; init; }

    /// <summary>What joins one of its silos to the network, with all that goes to it and comes from it.</summary>
    internal Cable? Cable { get; init; }

    /// <summary>More settings of its silos.</summary>
    internal (string Key, string Value)[] Settings { get; init; } = [];

    internal List<Member> Members { get; } = [];

    internal RedisServer Redis => _grid.Redis;

    internal Web Web { get; private set; } = null!;

    internal IQueueClient Queues => _grid.Queues;

    internal RealGrid Grid => _grid;

    internal IReadOnlyList<Execution> Executions => _grid.Executions;

    internal IReadOnlyDictionary<int, TimeSpan> Deaths => _grid.Deaths;

    /// <summary>All ways to the store.</summary>
    internal IEnumerable<TcpProxy> Ways => Members.Select(m => m.Way).Append(_webWay);

    /// <summary>A cluster of a test's own, for cases that need another kind.</summary>
    internal static async Task<HurtGrid> StartAsync(HurtGrid grid)
    {
        try
        {
            await grid.InitializeAsync();
            return grid;
        }
        catch
        {
            await grid.DisposeAsync();
            throw;
        }
    }

    public async ValueTask InitializeAsync()
    {
        (string Key, string Value)[] trust = Tls is var (_, certificates) ? [("SSL_CERT_FILE", certificates.AuthorityFile)] : [];
        _grid = On is null ? await RealGrid.StartAsync(silos: 0, settings: Settings) : await RealGrid.StartAsync(On, silos: 0, settings: [.. Settings, .. trust]);
        _webWay = new(RedisPort);
        await RestoreAsync();
        await _grid.ConnectAsync();
        Web = await Web.StartAsync(ConnectionTo(_webWay), trust);
    }

    public async ValueTask DisposeAsync()
    {
        // Whatever there is: it may not have come to its start.
        if (Web is not null)
        {
            await Web.DisposeAsync();
        }

        if (_webWay is not null)
        {
            await _webWay.DisposeAsync();
        }

        foreach (var member in Members.ToList())
        {
            await KillAsync(member);
        }

        if (_grid is not null)
        {
            await _grid.DisposeAsync();
        }
        else if (On is not null)
        {
            await On.DisposeAsync();
        }
    }

    /// <summary>Starts as many silos as are missing.</summary>
    internal async Task RestoreAsync()
    {
        foreach (var gone in Members.Where(m => m.Silo.HasExited).ToList())
        {
            NoteEnd(gone);
            await DropAsync(gone);
        }

        await Task.WhenAll(Enumerable.Range(Members.Count, Math.Max(0, Silos - Members.Count)).Select(_ => AddAsync()));
    }

    /// <summary>Adds a silo.</summary>
    internal async Task<Member> AddAsync(params (string Key, string Value)[] settings)
    {
        var cable = Interlocked.Exchange(ref _isPlugged, true) ? null : Cable;
        var way = new TcpProxy(RedisPort, cable?.Outside);
        (string, string)[] address = Cable is null ? [] : [("TaskGrid__Address", $"{cable?.Inside ?? Cable.Outside}")];
        TcpProxy[] inward = HasInwardWays ? [new(Ports.Free()), new(Ports.Free())] : [];
        (string, string)[] ports = HasInwardWays
            ?
            [
                ("TaskGrid__SiloPort", $"{inward[0].Port}"), ("Faults__ListensAtSiloPort", $"{inward[0].Target}"),
                ("TaskGrid__GatewayPort", $"{inward[1].Port}"), ("Faults__ListensAtGatewayPort", $"{inward[1].Target}"),
            ]
            : [];
        var member = new Member(await _grid.AddSiloAsync(cable, [("ConnectionStrings__redis", ConnectionTo(way)), .. address, .. ports, .. settings]), way, inward);
        lock (Members)
        {
            Members.Add(member);
        }

        return member;
    }

    /// <summary>kill -9.</summary>
    internal async Task KillAsync(Member member)
    {
        NoteEnd(member);
        await _grid.KillAsync(member.Silo);
        await DropAsync(member);
    }

    /// <summary>SIGTERM, and the exit that follows.</summary>
    internal async Task StopAsync(Member member)
    {
        NoteEnd(member);
        await member.Silo.StopAsync();
        await DropAsync(member);
    }

    /// <summary>Waits until a silo runs something that it has not ended.</summary>
    internal Task BusyAsync(Member member) => RealGrid.UntilAsync(() => Task.FromResult(OpenRunsOf(member).Count > 0), "the silo runs something");

    /// <summary>Waits until one of the silos runs something: when there is little to do, that may be any of them.</summary>
    internal async Task<Member> BusyAsync()
    {
        Member? busy = null;
        await RealGrid.UntilAsync(() => Task.FromResult((busy = Members.Find(m => !m.Silo.HasExited && OpenRunsOf(m).Count > 0)) is not null), "a silo runs something");
        return busy!;
    }

    /// <summary>Freezes a silo at a moment at which it runs something: what is done to it then interrupts that.</summary>
    /// <param name="only">The silo; any that is busy when it is left out.</param>
    internal async Task<Member> FreezeBusyAsync(Member? only = null)
    {
        var frozen = only;
        await RealGrid.UntilAsync(
            async () =>
            {
                frozen = only ?? await BusyAsync();
                await frozen.Silo.FreezeAsync();
                if (OpenRunsOf(frozen).Count > 0)
                {
                    return true;
                }

                await frozen.Silo.ThawAsync();
                return false;
            },
            "a silo is frozen while it runs something");
        return frozen!;
    }

    /// <summary>The runs that a silo does not end: it must have ended, or be frozen.</summary>
    internal IReadOnlyList<Execution> OpenRunsOf(Member member) => [.. Executions.Where(e => e.Pid == member.Silo.Pid && e.EndedAt is null)];

    /// <summary>
    /// A run on a silo that only ends when its token fires, or with its process: what is done to the silo next meets it in the middle, and it tells whether the
    /// silo stopped it.
    /// </summary>
    internal async Task<Execution> HoldAsync(Ledger ledger, Member member)
    {
        Execution? held = null;
        for (var tries = 0; held is null && tries < 20; tries++)
        {
            var ids = await Task.WhenAll(Enumerable.Range(0, Silos).Select(_ => Web.SubmitAsync(ledger, "work", new { milliseconds = 1, hold = true })));
            await RealGrid.UntilAsync(() => Task.FromResult(ids.All(id => Executions.Any(e => e.Id == id))), "what is to be held runs");
            var runs = Executions.Where(e => ids.Contains(e.Id)).ToList();
            held = runs.Find(e => e.Pid == member.Silo.Pid);
            foreach (var other in runs.Where(e => e.Id != held?.Id))
            {
                // It would never end where it is.
                ledger.Expect(other.Id, TaskState.Cancelled);
                await Web.CancelAsync(other.Id);
            }
        }

        return held ?? throw new InvalidOperationException($"Silo {member.Silo.Pid} gets no work.");
    }

    /// <summary>How a run went that was told of before.</summary>
    internal Execution Now(Execution run) => Executions.Single(e => (e.Id, e.Token, e.Pid) == (run.Id, run.Token, run.Pid));

    /// <summary>
    /// Submits tasks over HTTP at an even pace, hurts the grid in the middle, waits until everything is final, and compares what the
    /// client knows with what the handlers wrote. As long as the grid is hurt there is something to do for it.
    /// </summary>
    /// <param name="hurt">The fault; when it returns the grid has what it needs to go on, but for silos that have ended.</param>
    /// <param name="milliseconds">How long each task runs.</param>
    /// <param name="mayLose">Whether the grid may say of tasks that it does not know them.</param>
    internal async Task<CaseReport> RunAsync(Func<Ledger, Task> hurt, int milliseconds = 200, bool mayLose = false)
    {
        var (ledger, from, repeated, unhandledBefore) = (new Ledger(), RealGrid.Now, Web.Repeated, Web.Unhandled.Count);
        await RestoreAsync();
        await AllWorkAsync(ledger);
        var submits = new List<Task<string>>();
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        Task? hurting = null;
        while ((submits.Count < N || hurting is not { IsCompleted: true }) && await tick.WaitForNextTickAsync(TestContext.Current.CancellationToken))
        {
            // Beyond N there is enough to do for silos to be seen at work, and no more.
            submits.AddRange(Enumerable.Range(0, submits.Count < N ? PerTick : 1).Select(_ => Web.SubmitAsync(ledger, "work", new { milliseconds })));
            hurting ??= submits.Count >= N / 2 ? hurt(ledger) : null;
        }

        try
        {
            await hurting!;
        }
        finally
        {
            // What a case that fails has submitted is not to be met by the next one.
            await Task.WhenAll(submits);
        }

        var hurtUntil = RealGrid.Now;
        await RestoreAsync();
        var acknowledged = ledger.Acknowledged.Count;
        var missing = new ConcurrentBag<TimeSpan>();
        await AskAfterAllAsync(ledger, async id =>
        {
            if (mayLose && !await Web.IsKnownAsync(id))
            {
                missing.Add(ledger.Lose(id));
            }
            else
            {
                await Web.FinalAsync(ledger, id, s_drained);
            }
        });
        var drain = RealGrid.Now - hurtUntil;
        // What is final stays as it is, and nothing runs any more: what earlier cases submitted neither.
        await Task.Delay(s_aftermath, TimeProvider.System, TestContext.Current.CancellationToken);
        await AskAfterAllAsync(ledger, id => Web.FinalAsync(ledger, id, TimeSpan.Zero));
        var runs = Executions.Where(e => e.StartedAt > from).ToList();
        string[] unhandled = [.. Web.Unhandled.Skip(unhandledBefore)];
        unhandled = unhandled.Length == 0 ? unhandled : [.. unhandled, Web.Output];
        // One that has been taken for dead may not know it yet.
        await RealGrid.UntilAsync(async () => await _grid.ActiveSilosAsync() == Members.Count(m => !m.Silo.HasExited), "all agree on who is there");
        await RestoreAsync();
        IReadOnlyList<EndedSilo> ended = [.. _ended.Skip(_endedBefore)];
        _endedBefore = _ended.Count;
        return new(acknowledged, Findings.Of(ledger, runs, _grid.Deaths), runs, from, drain, Web.Repeated - repeated, unhandled, [.. missing], ended);
    }

    private static Task AskAfterAllAsync(Ledger ledger, Func<string, Task> ask) =>
        Parallel.ForEachAsync(ledger.Acknowledged, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (id, _) => await ask(id));

    /// <summary>Waits until every silo runs tasks: what was done to one of them before is over.</summary>
    /// <returns>How long that took.</returns>
    internal async Task<TimeSpan> AllWorkAsync(Ledger ledger)
    {
        var from = RealGrid.Now;
        await RealGrid.UntilAsync(
            async () =>
            {
                // As many as all of them have slots.
                var ids = await Task.WhenAll(Enumerable.Range(0, Silos * Slots).Select(_ => Web.SubmitAsync(ledger, "work", new { milliseconds = 100 })));
                await Task.WhenAll(ids.Select(id => Web.FinalAsync(ledger, id, s_drained)));
                var working = Executions.Where(e => e.StartedAt > from).Select(e => e.Pid).ToHashSet();
                return Members.All(m => working.Contains(m.Silo.Pid));
            },
            "every silo runs something");
        return RealGrid.Now - from;
    }

    // Before anything is done to it: whoever has ended by now has done so by itself.
    private void NoteEnd(Member member)
    {
        if (member.Silo.HasExited)
        {
            _ended.Add(EndedSilo.Of(member));
        }
    }

    private async Task DropAsync(Member member)
    {
        _grid.Forget(member.Silo);
        lock (Members)
        {
            Members.Remove(member);
        }

        foreach (var way in member.Inward.Append(member.Way))
        {
            await way.DisposeAsync();
        }
    }

    private int RedisPort => Tls?.Port ?? Redis.Port;

    private string ConnectionTo(TcpProxy way) => Tls is null ? $"{way.EndPoint}" : $"{way.EndPoint},ssl=true";
}
