using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;

namespace TaskGrid.Kit;

/// <summary>
/// A network of its own for a process, joined to this machine's by a cable that can be pulled: the kernel then drops every packet, of connections that there
/// are and of new ones. Takes root; a <see cref="TcpProxy"/> does without.
/// </summary>
internal sealed class Cable : IAsyncDisposable
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

    // Both ends go with the one.
    public async ValueTask DisposeAsync()
    {
        await RunAsync($"link delete {Near}");
        await RunAsync($"netns delete {_name}");
    }

    private string Near => $"{_name}n";

    private string Far => $"{_name}f";

    private static async Task RunAsync(string arguments)
    {
        using var ip = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true })!;
        var said = await ip.StandardError.ReadToEndAsync();
        await ip.WaitForExitAsync();
        if (ip.ExitCode != 0)
        {
            throw new InvalidOperationException($"ip {arguments}: {said}");
        }
    }
}
