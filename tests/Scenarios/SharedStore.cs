using TaskGrid.Testing;
using Xunit;

[assembly: AssemblyFixture(typeof(TaskGrid.Scenarios.SharedStore))]

namespace TaskGrid.Scenarios;

/// <summary>One embedded store for all scenarios, so that they need nothing installed; each grid has its own name in it.</summary>
public sealed class SharedStore : IAsyncLifetime
{
    private static TestStore? s_store;

    internal static string ConnectionString => s_store?.ConnectionString ?? throw new InvalidOperationException("The store of the scenarios has not been started.");

    public async ValueTask InitializeAsync() => s_store = await TestStore.StartAsync();

    public ValueTask DisposeAsync() => s_store?.DisposeAsync() ?? ValueTask.CompletedTask;
}
