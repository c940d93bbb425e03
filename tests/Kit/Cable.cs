using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace TaskGrid.Kit;

/// <summary>
/// A network of its own for a process, joined to this machine's by a cable that can be pulled: the kernel then drops every packet, of connections that there
/// are and of new ones. Takes root; a <see cref="TcpProxy"/> does without.
/// </summary>
internal sealed partial class Cable : IAsyncDisposable
{
    // Nobody has them, so what is sent to them is dropped at the other end.
    private const string Nobody = "02:00:00:00:00:01";

    private readonly string _name = $"taskgrid{RandomNumberGenerator.GetHexString(6, lowercase: true)}";
    private readonly string _subnet = $"10.213.{RandomNumberGenerator.GetInt32(256)}";

    private Cable()
    {
    }

    /// <summary>Whether this machine lets a test do it.</summary>
    public static bool IsPossible => Environment.IsPrivilegedProcess && Programs.Find("ip") is not null && File.Exists("/proc/self/ns/net");

    /// <summary>Whether it can be a bad one: <see cref="LoseAsync"/>, <see cref="NarrowAsync"/>.</summary>
    public static bool CanBeBad => IsPossible && Programs.Find("nft") is not null && Programs.Find("tc") is not null;

    /// <summary>The address of this machine, as the process sees it.</summary>
    public IPAddress Outside => IPAddress.Parse($"{_subnet}.1");

    /// <summary>The address of the process, as this machine sees it.</summary>
    public IPAddress Inside => IPAddress.Parse($"{_subnet}.2");

    public static async Task<Cable> LayAsync()
    {
        var cable = new Cable();
        await RunAsync($"netns add {cable._name}");
        try
        {
            await RunAsync($"link add {cable.Near} type veth peer name {cable.Far} netns {cable._name}");
            await RunAsync($"address add {cable.Outside}/30 dev {cable.Near}");
            await RunAsync($"link set {cable.Near} up");
            await RunAsync($"-n {cable._name} address add {cable.Inside}/30 dev {cable.Far}");
            await RunAsync($"-n {cable._name} link set {cable.Far} up");
            await RunAsync($"-n {cable._name} link set lo up");
        }
        catch
        {
            // Nothing runs there yet, so both ends go with it.
            await RunAsync($"netns delete {cable._name}");
            throw;
        }

        return cable;
    }

    /// <summary>The command that becomes the program which comes after it, at the other end.</summary>
    public IReadOnlyList<string> Runner => ["ip", "netns", "exec", _name];

    /// <summary>Nothing arrives any more, and nobody is told.</summary>
    public async Task PullAsync()
    {
        await RunAsync($"neighbour replace {Inside} lladdr {Nobody} dev {Near} nud permanent");
        await RunAsync($"-n {_name} neighbour replace {Outside} lladdr {Nobody} dev {Far} nud permanent");
    }

    public async Task PlugAsync()
    {
        await RunAsync($"neighbour delete {Inside} dev {Near}");
        await RunAsync($"-n {_name} neighbour delete {Outside} dev {Far}");
    }

    /// <summary>From now on so many packets of a hundred that come through it, either way, are dropped by chance.</summary>
    public async Task LoseAsync(int percent)
    {
        foreach (var (hook, direction) in ((string, string)[])[("input", "iifname"), ("output", "oifname")])
        {
            await NftAsync($"add table inet loss; add chain inet loss {hook} {{ type filter hook {hook} priority 0; }}; add rule inet loss {hook} {direction} {Far} numgen random mod 100 < {percent} counter drop");
        }
    }

    /// <summary>No packet is lost any more.</summary>
    /// <returns>How many were.</returns>
    public async Task<long> LoseNothingAsync()
    {
        var rules = await NftAsync("list table inet loss");
        await NftAsync("delete table inet loss");
        return Counted().Matches(rules).Sum(m => long.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture));
    }

    /// <summary>From now on it carries no more than so many bits a second, each way.</summary>
    public async Task NarrowAsync(int kilobits)
    {
        string[] limit = ["root", "tbf", "rate", $"{kilobits}kbit", "burst", "16kb", "latency", "400ms"];
        await Programs.RunAsync("tc", ["qdisc", "add", "dev", Near, .. limit]);
        await Programs.RunAsync("tc", ["-n", _name, "qdisc", "add", "dev", Far, .. limit]);
    }

    /// <summary>It carries whatever comes.</summary>
    public async Task WidenAsync()
    {
        await Programs.RunAsync("tc", ["qdisc", "delete", "dev", Near, "root"]);
        await Programs.RunAsync("tc", ["-n", _name, "qdisc", "delete", "dev", Far, "root"]);
    }

    // Both ends go with the one.
    public async ValueTask DisposeAsync()
    {
        await RunAsync($"link delete {Near}");
        await RunAsync($"netns delete {_name}");
    }

    private string Near => $"{_name}n";

    private string Far => $"{_name}f";

    [GeneratedRegex(@"counter packets (\d+)")]
    private static partial Regex Counted();

    private Task<string> NftAsync(string rules) => Programs.RunAsync("ip", "netns", "exec", _name, "nft", rules);

    private static Task<string> RunAsync(string arguments) => Programs.RunAsync("ip", arguments.Split(' '));
}
