using System.Globalization;
using System.Text.RegularExpressions;

namespace TaskGrid.Kit;

/// <summary>
/// How much of a file is safely on the disk, by the system calls of the process that writes it: the kernel keeps what a killed process
/// has written, so only this tells what a loss of power would take.
/// </summary>
/// <param name="path">Where to write the calls down.</param>
/// <param name="syncTakes">How long a sync takes at least, as on a disk that is busy.</param>
internal sealed partial class DiskTrace(string path, TimeSpan syncTakes)
{
    private long _syncedBefore;

    /// <summary>What to start the process with. Calls other than these run at full speed.</summary>
    public IReadOnlyList<string> Command { get; } = [Programs.Find("strace") ?? "strace", "-f", "--seccomp-bpf", "-y", "-s", "0", "-e", "trace=write,fdatasync,fsync", "-e", $"inject=fdatasync,fsync:delay_enter={(long)syncTakes.TotalMicroseconds}", "-o", path];

    /// <summary>Cuts off what was written after the last sync that had begun and came to its end. The process must have ended.</summary>
    /// <returns>How many bytes that were.</returns>
    public long CutUnsynced(string file)
    {
        _syncedBefore += SyncedOf(file, File.ReadLines(path));
        using var stream = new FileStream(file, FileMode.Open);
        var unsynced = stream.Length - _syncedBefore;
        stream.SetLength(_syncedBefore);
        return unsynced;
    }

    /// <summary>The process that is watched.</summary>
    public static int TracedBy(int strace) => int.Parse(File.ReadAllText($"/proc/{strace}/task/{strace}/children").Split(' ')[0], CultureInfo.InvariantCulture);

    /// <summary>How many bytes of a file are on the disk after these calls.</summary>
    internal static long SyncedOf(string file, IEnumerable<string> calls)
    {
        var (written, synced) = (0L, 0L);
        // By thread: the write or sync of the file that has begun. What was written before a sync begins is on the disk when it ends.
        var begun = new Dictionary<string, (bool IsSync, long Written)>();
        foreach (var call in calls.Select(c => Call().Match(c)).Where(m => m.Success))
        {
            var thread = call.Groups["thread"].Value;
            if (!call.Groups["resumed"].Success)
            {
                if (call.Groups["file"].Value != file)
                {
                    continue;
                }

                begun[thread] = (call.Groups["name"].Value != "write", written);
            }

            if (call.Groups["answer"].Success && begun.Remove(thread, out var ended))
            {
                var answer = long.Parse(call.Groups["answer"].Value, CultureInfo.InvariantCulture);
                written += ended.IsSync ? 0 : Math.Max(0, answer);
                synced = ended.IsSync && answer == 0 ? Math.Max(synced, ended.Written) : synced;
            }
        }

        return synced;
    }

    [GeneratedRegex(@"^(?<thread>\d+) +(?:(?<resumed><\.\.\. )?)(?<name>write|fdatasync|fsync)(?: resumed>|\(\d+<(?<file>[^>]*)>)(?:.*\) += (?<answer>-?\d+))?", RegexOptions.ExplicitCapture)]
    private static partial Regex Call();
}
