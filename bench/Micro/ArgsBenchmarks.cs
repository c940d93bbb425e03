using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.DependencyInjection;
using TaskGrid.Handlers;

namespace TaskGrid.Bench.Micro;

/// <summary>Arguments from JSON to a handler's parameters.</summary>
[MemoryDiagnoser]
public class ArgsBenchmarks
{
    private static readonly Func<int, int, int> s_add = (x, y) => x + y;

    private readonly TaskRegistration _add = DelegateTask.Register("add", new(), s_add, new NoServices());
    private readonly JsonText _named = JsonText.From(new { x = 12345, y = 1 });
    private readonly JsonText _placed = JsonText.From(new[] { 12345, 1 });

    [Benchmark]
    public object? Check() => _add.Check(_named);

    [Benchmark]
    public ValueTask<JsonText> NamedArgsAndCall() => _add.InvokeAsync(null!, null!, _named, default);

    [Benchmark]
    public ValueTask<JsonText> PlacedArgsAndCall() => _add.InvokeAsync(null!, null!, _placed, default);

    private sealed class NoServices : IServiceProviderIsService
    {
        public bool IsService(Type serviceType) => false;
    }
}
