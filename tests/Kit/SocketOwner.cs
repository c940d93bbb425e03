using System.Globalization;
using System.Net;

namespace TaskGrid.Kit;

/// <summary>Which process of this machine is at the other end of a loopback connection; by Linux' /proc, for processes of the same user.</summary>
internal static class SocketOwner
{
    /// <returns>Its id, or 0 when the connection has ended meanwhile.</returns>
    public static int Of(EndPoint? end)
    {
        var port = (end as IPEndPoint)?.Port ?? 0;
        var inode = File.ReadLines("/proc/net/tcp").Concat(File.ReadLines("/proc/net/tcp6")).Skip(1)
            .Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .FirstOrDefault(w => w[1].EndsWith($":{port:X4}", StringComparison.Ordinal) && w[9] != "0")?[9];
        return inode is null ? 0 : Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(n => char.IsAsciiDigit(n![0])).Select(n => int.Parse(n!, CultureInfo.InvariantCulture))
            .FirstOrDefault(pid => Has(pid, $"socket:[{inode}]"));
    }

    private static bool Has(int pid, string socket)
    {
        try
        {
            return Directory.EnumerateFiles($"/proc/{pid}/fd").Any(f => new FileInfo(f).LinkTarget == socket);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended, or is somebody else's.
            return false;
        }
    }
}
