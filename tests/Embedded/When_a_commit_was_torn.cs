using System.Buffers.Binary;
using System.Globalization;
using StackExchange.Redis;
using Xunit;

namespace TaskGrid.Embedded;

/// <summary>
/// The process was killed while it wrote its log: what it had acknowledged is there, and what lies behind that never comes back. With eight bytes
/// of a commit's record on disk Garnet took it for a commit of an empty log, and threw away everything: about one kill in two hundred under load.
/// </summary>
public sealed class When_a_commit_was_torn : IDisposable
{
    private const int PageSize = 8 << 20;
    private const int SegmentSize = 64 << 20;
    private const int CommitSize = 44;

    private readonly TempFolder _folder = new();

    /// <summary>Each length that can lie before the border of a sector, and a record that nothing is missing of.</summary>
    public static TheoryData<int> Written => [.. Enumerable.Range(1, CommitSize / 4).Select(words => words * 4)];

    private string Log => Path.Combine(_folder.Path, "cp", "AOF");

    [Theory]
    [MemberData(nameof(Written))]
    public async Task What_was_committed_before_is_there(int written)
    {
        await WriteAsync("kept", "yes");
        Tear(written);

        Assert.Equal("yes", await ReadAsync("kept"));
        await WriteAsync("after", "too");
        Assert.Equal("yes", await ReadAsync("kept"));
        Assert.Equal("too", await ReadAsync("after"));
    }

    [Fact]
    public async Task What_was_committed_before_is_there_in_another_file_of_the_log()
    {
        var megabyte = new string('x', 1 << 20);
        await WriteAsync([.. Enumerable.Range(0, 70).Select(i => (RedisKey)$"large{i}")], megabyte);
        await WriteAsync("kept", "yes");
        Assert.Equal(2, LogFiles().Length);
        Tear(8);

        Assert.Equal("yes", await ReadAsync("kept"));
        Assert.Equal(megabyte, await ReadAsync("large0"));
    }

    /// <summary>With the first commit of all a client can be answered before Garnet has written down where it is.</summary>
    [Fact]
    public async Task What_was_committed_before_is_there_without_a_note_of_it()
    {
        await WriteAsync("kept", "yes");
        Tear(8);
        Directory.Delete(Path.Combine(Log, "log-commits"), recursive: true);

        Assert.Equal("yes", await ReadAsync("kept"));
    }

    /// <summary>
    /// A page can be written while the one before it is not yet: none of what is missing, nor of what is behind it, was acknowledged.
    /// By itself Garnet walks into the next page behind zeros and behind eight bytes of a commit.
    /// </summary>
    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(16)]
    public async Task A_page_behind_one_that_was_not_written_to_its_end_does_not_come_back(int written)
    {
        var end = await FillTwoPagesAsync();
        var bytes = await File.ReadAllBytesAsync(LogFiles()[0]);
        var torn = bytes.AsSpan((int)end - CommitSize, written).ToArray();
        bytes.AsSpan((int)end, PageSize - (int)end).Clear();
        torn.CopyTo(bytes.AsSpan((int)end));
        await File.WriteAllBytesAsync(LogFiles()[0], bytes);

        Assert.NotNull(await ReadAsync("kept"));
        await WriteAsync("after", "too");
        Assert.NotNull(await ReadAsync("kept"));
        Assert.Equal("too", await ReadAsync("after"));
        Assert.Null(await ReadAsync("large0"));
        Assert.Null(await ReadAsync("large11"));
    }

    /// <summary>The end of one life is overwritten by the next one, up to some byte: behind that nothing of the first may be left.</summary>
    [Fact]
    public async Task What_lay_behind_the_end_is_gone()
    {
        var end = await FillTwoPagesAsync();
        using (var log = File.OpenWrite(LogFiles()[0]))
        {
            log.Position = end;
            log.Write(new byte[4]);
        }

        Assert.NotNull(await ReadAsync("kept"));

        Assert.All(File.ReadAllBytes(LogFiles()[0])[(int)End()..], left => Assert.Equal(0, left));
    }

    public void Dispose() => _folder.Dispose();

    private Task WriteAsync(RedisKey key, string value) => WriteAsync([key], value);

    private async Task WriteAsync(RedisKey[] keys, string value)
    {
        using var store = EmbeddedStore.StartOrJoin(_folder.Path, Settings.With());
        await using var redis = await ConnectionMultiplexer.ConnectAsync(store.ConnectionString);
        foreach (var key in keys)
        {
            await redis.GetDatabase().StringSetAsync(key, value);
        }
    }

    private async Task<string?> ReadAsync(string key)
    {
        using var store = EmbeddedStore.StartOrJoin(_folder.Path, Settings.With());
        await using var redis = await ConnectionMultiplexer.ConnectAsync(store.ConnectionString);
        return await redis.GetDatabase().StringGetAsync(key);
    }

    /// <summary>Where the first commit ends, that of "kept"; more of them follow, the tenth in the second page.</summary>
    private async Task<long> FillTwoPagesAsync()
    {
        await WriteAsync(["kept", .. Enumerable.Range(0, 12).Select(i => (RedisKey)$"large{i}")], new string('x', 1 << 20));
        Assert.True(new FileInfo(LogFiles()[0]).Length > PageSize);
        return Ends().Last();
    }

    /// <summary>Leaves so many bytes of one more commit behind the last one, and nothing behind them.</summary>
    private void Tear(int written)
    {
        var file = LogFiles()[^1];
        var (first, end) = (First(file), End());
        var next = File.ReadAllBytes(file).AsSpan((int)(end - first) - CommitSize, CommitSize).ToArray();
        // Its version stays; checksum and number are those of the next commit, which ends 44 bytes later.
        var (until, number) = (end + CommitSize, BinaryPrimitives.ReadInt64LittleEndian(next.AsSpan(32)) + 1);
        BinaryPrimitives.WriteInt64LittleEndian(next.AsSpan(24), until);
        BinaryPrimitives.WriteInt64LittleEndian(next.AsSpan(32), number);
        BinaryPrimitives.WriteInt64LittleEndian(next.AsSpan(8), BinaryPrimitives.ReadInt64LittleEndian(next.AsSpan(16)) ^ until ^ number ^ -1);
        using var log = File.OpenWrite(file);
        log.SetLength(end - first);
        log.Position = end - first;
        log.Write(next.AsSpan(0, written));
    }

    private long End() => Ends().First();

    /// <summary>Where the commits in the last file end, the last one first: records that begin with the length and the version of one, and say so themselves.</summary>
    private IEnumerable<long> Ends()
    {
        var file = LogFiles()[^1];
        var log = File.ReadAllBytes(file);
        for (var at = (log.Length - CommitSize) & ~3; at > 0; at -= 4)
        {
            var end = First(file) + at + CommitSize;
            if (log.AsSpan(at).StartsWith((ReadOnlySpan<byte>)[0xd8, 0xff, 0xff, 0xff, 1, 0, 0, 0]) && BinaryPrimitives.ReadInt64LittleEndian(log.AsSpan(at + 24)) == end)
            {
                yield return end;
            }
        }
    }

    private string[] LogFiles() => [.. Directory.GetFiles(Log, "aof.log.*").Order(StringComparer.Ordinal)];

    private static long First(string file) => long.Parse(Path.GetExtension(file).AsSpan(1), CultureInfo.InvariantCulture) * SegmentSize;
}
