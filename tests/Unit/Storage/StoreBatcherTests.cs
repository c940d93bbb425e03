using StackExchange.Redis;

namespace TaskGrid.Storage;

public sealed class StoreBatcherTests
{
    private static readonly RedisResult s_done = RedisResult.Create([RedisResult.Create((RedisValue)"ok")]);

    private readonly List<int> _sent = [];

    [Fact]
    public async Task RunAsync_Alone_GoesAtOnce()
    {
        var batcher = new StoreBatcher(Answer);
        await batcher.RunAsync(Operation());
        await batcher.RunAsync(Operation());
        Assert.Equal([1, 1], _sent);
    }

    [Fact]
    public async Task Gather_UntilDisposed_KeepsWhatIsAskedForAndSendsItTogether()
    {
        var batcher = new StoreBatcher(Answer);
        Task<RedisResult[]>[] asked;
        using (batcher.Gather())
        {
            asked = [batcher.RunAsync(Operation()), batcher.RunAsync(Operation()), batcher.RunAsync(Operation())];
            Assert.Empty(_sent);
        }

        await Task.WhenAll(asked);
        Assert.Equal([3], _sent);
    }

    [Fact]
    public async Task Gather_ByTwo_WaitsForBoth()
    {
        var batcher = new StoreBatcher(Answer);
        var (first, second) = (batcher.Gather(), batcher.Gather());
        var asked = batcher.RunAsync(Operation());
        first.Dispose();
        first.Dispose();
        Assert.Empty(_sent);
        second.Dispose();
        await asked;
        Assert.Equal([1], _sent);
    }

    [Fact]
    public async Task Gather_MoreThanACallTakes_SendsWhatIsFull()
    {
        var batcher = new StoreBatcher(Answer);
        using var gathering = batcher.Gather();
        var asked = Enumerable.Range(0, 64).Select(_ => batcher.RunAsync(Operation())).ToList();
        await Task.WhenAll(asked);
        Assert.Equal([64], _sent);
    }

    [Fact]
    public async Task Gather_WithNothingAskedFor_ChangesNothing()
    {
        var batcher = new StoreBatcher(Answer);
        batcher.Gather().Dispose();
        await batcher.RunAsync(Operation());
        Assert.Equal([1], _sent);
    }

    private static StoreOp Operation() => new("describe", false, ["a"]);

    private Task<RedisResult[]> Answer(IReadOnlyList<StoreOp> batch)
    {
        _sent.Add(batch.Count);
        return Task.FromResult(batch.Select(_ => s_done).ToArray());
    }
}
