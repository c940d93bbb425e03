using System.Reflection;
using TaskGrid.Kit;
using Xunit.Sdk;
using Xunit.v3;

namespace TaskGrid.Store;

/// <summary>Runs a theory once for each store, and for each of the given arguments.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OnEveryStoreAttribute(params object[] arguments) : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        new([.. arguments.DefaultIfEmpty().SelectMany(argument => Enum.GetValues<StoreKind>().Select(kind => Row(kind, argument)))]);

    public override bool SupportsDiscoveryEnumeration() => true;

    private static TheoryDataRow Row(StoreKind kind, object? argument) => new(argument is null ? [kind] : [kind, argument])
    {
        Skip = kind == StoreKind.Redis && RedisServer.Path is null ? "redis-server is not on the PATH." : null,
    };
}
