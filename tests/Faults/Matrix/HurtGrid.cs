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
    /// <summary>How many silos it has while none is missing.</summary>
    internal const int Silos = 3;

    /// <summary>How many tasks a silo runs at once.</summary>
    internal const int Slots = 16;

    private readonly List<EndedSilo> _ended = [];
    private RealGrid _grid = null!;
    private TcpProxy _webWay = null!;
    private bool _isPlugged;

    /// <summary>How many tasks a case submits: <c>TASKGRID_FAULTS_N</c>, 400 by default.</summary>
    public static int N { get; } = int.TryParse(Environment.GetEnvironmentVariable("TASKGRID_FAULTS_N"), CultureInfo.InvariantCulture, out var n) ? n : 400;

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

    /// <summary>The silos that have ended by themselves since the last call.</summary>
    internal IReadOnlyList<EndedSilo> TakeEnded()
    {
        IReadOnlyList<EndedSilo> ended = [.. _ended];
        _ended.Clear();
        return ended;
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
