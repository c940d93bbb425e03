using System.Buffers.Binary;
using System.Globalization;
using Tsavorite.core;

namespace TaskGrid.Embedded;

/// <summary>
/// Garnet's append-only log as the last process left it, looked at before Garnet reads it. A record of a commit lies across two
/// sectors now and then, and a process that is killed may have written the first of them only. Garnet (2.2.8) knows that by the record's
/// checksum, but for one case: of a record of which just the first eight bytes are there, zeros behind them, the checksum is right.
/// It says then that the log ends at address zero, and Garnet starts empty, without a word, and writes over all that was there.
/// </summary>
internal static class CommitLog
{
    /// <summary>A record never lies across two pages.</summary>
    public const int PageSize = 8 << 20;

    /// <summary>The log is a file for each of these.</summary>
    public const int SegmentSize = 64 << 20;

    // A record is its length, negative for a commit, and as many bytes, filled up to a multiple of four.
    private const int HeaderSize = sizeof(int);

    /// <summary>Takes a torn commit out of the log of this folder, and says up to which address the log is committed: zero if it is empty.</summary>
    /// <exception cref="InvalidOperationException">Not all that was committed is there. Nothing has been changed.</exception>
    public static long Mend(string folder)
    {
        var log = Path.Combine(folder, "cp", "AOF");
        if (ReadLastMetadata(Path.Combine(log, "log-commits")) is not { } known)
        {
            return 0;
        }

        var page = new byte[PageSize];
        var committed = known.BeginAddress;
        var from = (int)(committed % PageSize);
        long? torn = null;
        for (var number = committed / PageSize; torn is null && ReadPage(log, number, page); number++)
        {
            (var until, torn) = LastCommit(page, number * PageSize, from);
            committed = until ?? committed;
            from = 0;
        }

        if (committed < known.UntilAddress)
        {
            throw new InvalidOperationException($"its log was committed up to {known.UntilAddress}, and ends at {committed}: put back a whole copy of the folder, or move it away to begin empty.");
        }

        if (torn is { } address)
        {
            Erase(log, address);
        }

        return committed;
    }

    /// <summary>The newest of the commits that Garnet has written down in files of their own: one in a thousand.</summary>
    private static TsavoriteLogRecoveryInfo? ReadLastMetadata(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return null;
        }

        // commit.<number>.0
        return Directory.GetFiles(folder, "commit.*")
            .Where(file => new FileInfo(file).Length > sizeof(int))
            .OrderByDescending(file => long.Parse(file.Split('.')[^2], CultureInfo.InvariantCulture))
            .Select(file => TryReadCommit(File.ReadAllBytes(file).AsSpan(sizeof(int))))
            .FirstOrDefault(commit => commit is not null);
    }

    private static bool ReadPage(string log, long number, byte[] page)
    {
        var address = number * PageSize;
        var file = SegmentFile(log, address);
        if (!File.Exists(file))
        {
            return false;
        }

        Array.Clear(page);
        using var handle = File.OpenHandle(file);
        return RandomAccess.Read(handle, page, address % SegmentSize) > 0;
    }

    /// <summary>Walks the records of a page as Garnet does: where the last whole commit ends, and where a torn one begins that Garnet would take for whole.</summary>
    private static (long? Until, long? Torn) LastCommit(ReadOnlySpan<byte> page, long address, int from)
    {
        long? until = null;
        for (var at = from; at + HeaderSize <= PageSize;)
        {
            long length = BinaryPrimitives.ReadInt32LittleEndian(page[at..]);
            var next = at + HeaderSize + ((Math.Abs(length) + 3) & ~3L);
            if (length == 0 || next > PageSize)
            {
                break;
            }

            if (length < 0)
            {
                if (TryReadCommit(page[(at + HeaderSize)..(int)next]) is not { } commit)
                {
                    break;
                }

                // A commit says where it ends itself.
                if (commit.UntilAddress != address + next)
                {
                    return (until, address + at);
                }

                until = commit.UntilAddress;
            }

            at = (int)next;
        }

        return (until, null);
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

    /// <summary>As if the record had never been begun: a length of zero ends a page.</summary>
    private static void Erase(string log, long address)
    {
        using var handle = File.OpenHandle(SegmentFile(log, address), FileMode.Open, FileAccess.Write);
        RandomAccess.Write(handle, new byte[HeaderSize], address % SegmentSize);
        RandomAccess.FlushToDisk(handle);
    }

    private static string SegmentFile(string log, long address) => Path.Combine(log, string.Create(CultureInfo.InvariantCulture, $"aof.log.{address / SegmentSize}"));
}
