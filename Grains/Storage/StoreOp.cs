using StackExchange.Redis;

namespace TaskGrid.Storage;

/// <summary>One operation on its way to the store, and the promise of its answer.</summary>
internal sealed class StoreOp(string name, bool changes, RedisValue[] args)
    : TaskCompletionSource<RedisResult[]>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public string Name { get; } = name;

    /// <summary>Whether it draws a sequence number.</summary>
    public bool Changes { get; } = changes;

    public RedisValue[] Args { get; } = args;

    public int Bytes { get; } = args.Sum(a => (int)a.Length());
}
