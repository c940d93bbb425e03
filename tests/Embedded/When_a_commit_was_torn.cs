using System.Buffers.Binary;
using StackExchange.Redis;
using Xunit;

namespace TaskGrid.Embedded;

/// <summary>
/// The process was killed between two sectors of a commit's record. With eight bytes of it on disk Garnet took it for a commit of an
/// empty log, and threw away everything: about one kill in two hundred under load.
/// </summary>
public sealed class When_a_commit_was_torn : IDisposable
{
    private const int SegmentSize = 64 << 20;
    private const int CommitSize = 44;

    private readonly TempFolder _folder = new();

    /// <summary>Each length that can lie before the border of a sector, and a record that nothing is missing of.</summary>
    public static TheoryData<int> Written => [.. Enumerable.Range(1, CommitSize / 4).Select(words => words * 4)];

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

    /// <summary>Leaves so many bytes of one more commit behind the last one, and nothing behind them.</summary>
    private void Tear(int written)
    {
        var file = LogFiles()[^1];
        var bytes = File.ReadAllBytes(file).AsSpan();
        var first = long.Parse(Path.GetExtension(file).TrimStart('.'), System.Globalization.CultureInfo.InvariantCulture) * SegmentSize;
        var last = LastCommit(bytes, first);
        var end = last + CommitSize;
        var next = bytes.Slice(last, CommitSize).ToArray();
        // Its version stays; checksum and number are those of the next commit, which ends 44 bytes later.
        var (until, number) = (first + end + CommitSize, BinaryPrimitives.ReadInt64LittleEndian(next.AsSpan(32)) + 1);
        BinaryPrimitives.WriteInt64LittleEndian(next.AsSpan(24), until);
        BinaryPrimitives.WriteInt64LittleEndian(next.AsSpan(32), number);
        BinaryPrimitives.WriteInt64LittleEndian(next.AsSpan(8), BinaryPrimitives.ReadInt64LittleEndian(next.AsSpan(16)) ^ until ^ number ^ -1);
        using var log = File.OpenWrite(file);
        log.SetLength(end);
        log.Position = end;
        log.Write(next.AsSpan(0, written));
    }

    /// <summary>The last record that begins with the length and the version of a commit and says where it ends itself.</summary>
    private static int LastCommit(ReadOnlySpan<byte> log, long first)
    {
        ReadOnlySpan<byte> head = [0xd8, 0xff, 0xff, 0xff, 1, 0, 0, 0];
        for (var at = (log.Length - CommitSize) & ~3; at > 0; at -= 4)
        {
            if (log[at..].StartsWith(head) && BinaryPrimitives.ReadInt64LittleEndian(log[(at + 24)..]) == first + at + CommitSize)
            {
                return at;
            }
        }

        throw new InvalidOperationException("The log has no commit.");
    }

    private string[] LogFiles() => [.. Directory.GetFiles(Path.Combine(_folder.Path, "cp", "AOF"), "aof.log.*").Order(StringComparer.Ordinal)];
}
