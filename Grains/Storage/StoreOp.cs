using StackExchange.Redis;

namespace TaskGrid.Storage;

/// <summary>One operation on its way to the store, and the promise of its answer.</summary>
internal sealed class StoreOp(string name, bool changes, RedisValue[] args)
    : TaskCompletionSource<RedisResult[]>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public string Name { get; } = name;

    /// <summary>Whether it draws a sequence number.</summary>
    public bool Changes { get; } = changes;

    /// <summary>Where it stands among the others of its batch, which nobody has put into an order: those of one kind side by side, as the script does them together, and a lease after all that makes work for it.</summary>
    public int Rank { get; } = name switch { "accept" => 0, "finish" => 2, "lease" => 3, _ => 1 };

    public RedisValue[] Args { get; } = args;

    public int Bytes { get; } = BytesOf(args);

    private static int BytesOf(RedisValue[] args)
    {
        var bytes = 0;
        foreach (var arg in args)
        {
            bytes += (int)arg.Length();
        }

        return bytes;
    }
}
