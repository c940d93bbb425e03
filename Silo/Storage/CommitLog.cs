using System.Buffers.Binary;
using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Tsavorite.core;

namespace TaskGrid.Embedded;

/// <summary>
/// Garnet's append-only log as the last process left it, looked at before Garnet reads it. A process that is killed leaves an end that is half
/// written: a record of which the first sector is there, a page that is empty behind one that is not. Garnet (2.2.8) finds the last commit
/// by walking over that, and is led astray. Of a commit's record of which just eight bytes are there, zeros behind them, the checksum
/// is right: it says that the log ends at address zero, and Garnet starts empty, without a word. And what lies behind the end is walked over again
/// by the next start, with what has been written before it since.
/// </summary>
internal static class CommitLog
{
    /// <summary>A record never lies across two pages.</summary>
    public const int PageSize = 8 << 20;

    /// <summary>The log is a file for each of these.</summary>
    public const int SegmentSize = 64 << 20;

    private const int FirstAddress = 64;

    // A record is its length, negative for a commit, and as many bytes, filled up to a multiple of four.
    private const int HeaderSize = sizeof(int);

    // No disk has larger ones.
    private const int SectorSize = 4096;

    /// <summary>Cuts off what lies behind the last commit in the log of this folder, and says where that ends: zero if there is no log.</summary>
    /// <exception cref="InvalidOperationException">Not all that was committed is there. Nothing has been changed.</exception>
    public static long Mend(string folder)
    {
        var log = Path.Combine(folder, "cp", "AOF");
        var known = ReadLastMetadata(Path.Combine(log, "log-commits"));
        var segments = Segments(log);
        if (known is null && segments.Count == 0)
        {
            return 0;
        }

        // With the first commit a client can be answered before that is written down.
        var begin = known?.BeginAddress ?? FirstAddress;
        var end = segments.ContainsKey(begin / SegmentSize) ? FindEnd(log, begin) : 0;
        if (end < (known?.UntilAddress ?? FirstAddress))
        {
            throw new InvalidOperationException($"its log was committed up to {known?.UntilAddress ?? FirstAddress}, and ends at {end}: put back a whole copy of the folder, or move it away to begin empty.");
        }

        Cut(log, end);
        return end;
    }

    /// <summary>The newest of the commits that Garnet has written down in files of their own: one in a thousand.</summary>
    private static TsavoriteLogRecoveryInfo? ReadLastMetadata(string folder) =>
        !Directory.Exists(folder) ? null : Directory.GetFiles(folder, "commit.*.0")
            .Select(file => (File: file, Number: long.TryParse(Path.GetFileName(file).Split('.')[1], CultureInfo.InvariantCulture, out var number) ? number : -1))
            .Where(commit => commit.Number >= 0 && new FileInfo(commit.File).Length > sizeof(int))
            .OrderByDescending(commit => commit.Number)
            .Select(commit => TryReadCommit(File.ReadAllBytes(commit.File).AsSpan(sizeof(int))))
            .FirstOrDefault(commit => commit is not null);

    private static long FindEnd(string log, long begin)
    {
        var end = begin;
        var page = new byte[PageSize];
        // Where the walk begins in this page, and where the page before it was left.
        var (from, left) = ((int)(begin % PageSize), PageSize);
        for (var number = begin / PageSize; ReadPage(log, number, page); number++)
        {
            var (commit, next) = WalkPage(page, number * PageSize, from, PageSize - left);
            end = commit ?? end;
            if (next is not { } leaves)
            {
                break;
            }

            (from, left) = (0, leaves);
        }

        return end;
    }

    /// <summary>Walks over the records of a page: where its last whole commit ends, and where the page is left for the next one, if the log goes on.</summary>
    /// <param name="page">Its bytes.</param>
    /// <param name="address">That of the page.</param>
    /// <param name="from">The first record to look at.</param>
    /// <param name="spare">How much of the page before was left empty. The first record here can't have fitted there, unless what was there is not written.</param>
    private static (long? Commit, int? Left) WalkPage(ReadOnlySpan<byte> page, long address, int from, int spare)
    {
        long? commit = null;
        var at = from;
        while (at < PageSize)
        {
            long length = BinaryPrimitives.ReadInt32LittleEndian(page[at..]);
            if (length == 0)
            {
                // An empty page ends the log.
                return (commit, at == 0 ? null : at);
            }

            var next = at + HeaderSize + ((Math.Abs(length) + 3) & ~3L);
            if (next > PageSize || (at == 0 && next <= spare))
            {
                return (commit, null);
            }

            if (length < 0)
            {
                // A commit says where it ends itself: what says something else is torn.
                var info = TryReadCommit(page[(at + HeaderSize)..(int)next]);
                if (info?.UntilAddress != address + next)
                {
                    return (commit, null);
                }

                commit = info.Value.UntilAddress;
            }

            at = (int)next;
        }

        return (commit, at);
    }

    private static TsavoriteLogRecoveryInfo? TryReadCommit(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var commit = default(TsavoriteLogRecoveryInfo);
            commit.Initialize(bytes);
            return commit;
        }
        catch (Exception e) when (e is TsavoriteException or ArgumentOutOfRangeException)
        {
            // What Garnet says of a record that it doesn't take.
            return null;
        }
    }

    /// <summary>Leaves nothing but zeros behind this address, unless it is so already.</summary>
    private static void Cut(string log, long end)
    {
        var (last, offset) = (end / SegmentSize, (int)(end % SegmentSize));
        foreach (var (number, file) in Segments(log))
        {
            if (number > last || (number == last && offset == 0))
            {
                File.Delete(file);
            }
            else if (number == last)
            {
                using var handle = File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite);
                var sector = new byte[SectorSize - (offset % SectorSize)];
                var border = offset + sector.Length;
                if (RandomAccess.GetLength(handle) > border || !IsClear(handle, offset))
                {
                    RandomAccess.Write(handle, sector, offset);
                    RandomAccess.SetLength(handle, border);
                    RandomAccess.FlushToDisk(handle);
                }
            }
        }
    }

    private static bool IsClear(SafeFileHandle handle, long offset)
    {
        Span<byte> rest = stackalloc byte[SectorSize];
        return !rest[..Read(handle, rest, offset)].ContainsAnyExcept((byte)0);
    }

    private static bool ReadPage(string log, long number, byte[] page)
    {
        var address = number * PageSize;
        var file = SegmentFile(log, address / SegmentSize);
        if (!File.Exists(file))
        {
            return false;
        }

        using var handle = File.OpenHandle(file);
        var read = Read(handle, page, address % SegmentSize);
        page.AsSpan(read).Clear();
        return read > 0;
    }

    /// <summary>As much as there is.</summary>
    private static int Read(SafeFileHandle handle, Span<byte> into, long offset)
    {
        var total = 0;
        while (total < into.Length && RandomAccess.Read(handle, into[total..], offset + total) is > 0 and var read)
        {
            total += read;
        }

        return total;
    }

    private static Dictionary<long, string> Segments(string log) =>
        !Directory.Exists(log) ? [] : Directory.GetFiles(log, "aof.log.*")
            .Where(file => long.TryParse(Path.GetExtension(file).AsSpan(1), CultureInfo.InvariantCulture, out _))
            .ToDictionary(file => long.Parse(Path.GetExtension(file).AsSpan(1), CultureInfo.InvariantCulture));

    private static string SegmentFile(string log, long number) => Path.Combine(log, string.Create(CultureInfo.InvariantCulture, $"aof.log.{number}"));
}
