using BenchmarkDotNet.Attributes;
using StackExchange.Redis;
using TaskGrid.Storage;

namespace TaskGrid.Bench.Micro;

/// <summary>Group commit, with a store that answers at once: what gathering, ordering and answering cost an operation.</summary>
[MemoryDiagnoser]
public class BatcherBenchmarks
{
    private const int Operations = 1000;

    private static readonly RedisResult s_answer = RedisResult.Create([RedisResult.Create((RedisValue)"ok")]);
    private static readonly RedisValue[] s_args = ["id", 1, "S", "12346"];

    private readonly StoreBatcher _batcher = new(async batch =>
    {
        await Task.Yield();
        return [.. batch.Select(_ => s_answer)];
    });

    [Benchmark(OperationsPerInvoke = Operations)]
    public Task Operation() => Task.WhenAll(Enumerable.Range(0, Operations).Select(i => _batcher.RunAsync(new(i % 2 == 0 ? "accept" : "finish", true, s_args))));
}
