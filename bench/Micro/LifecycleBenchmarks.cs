using BenchmarkDotNet.Attributes;
using TaskGrid.Tasks;

namespace TaskGrid.Bench.Micro;

/// <summary>What follows from an outcome.</summary>
[MemoryDiagnoser]
public class LifecycleBenchmarks
{
    private static readonly AttemptOutcome s_succeeded = new AttemptOutcome.Succeeded(JsonText.From(3));
    private static readonly AttemptOutcome s_failed = new AttemptOutcome.Failed(new("Boom", "It failed."), Permanent: false);

    private readonly ResolvedSettings _settings = new(new());

    [Benchmark]
    public object Success() => TaskLifecycle.After(s_succeeded, _settings, 1, 0.5);

    [Benchmark]
    public object Failure() => TaskLifecycle.After(s_failed, _settings, 1, 0.5);
}
