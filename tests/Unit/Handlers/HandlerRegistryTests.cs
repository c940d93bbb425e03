using Microsoft.Extensions.DependencyInjection;
using TaskGrid.Handlers;

namespace TaskGrid.Unit.Handlers;

public sealed class HandlerRegistryTests
{
    [Fact]
    public void All_are_ordered_by_name_and_found_by_their_exact_name()
    {
        using var provider = Grid.With(grid => grid.AddTask("b", () => { }).AddTask("a_1", () => { }).AddTask("B", () => { }).AddTask("a", () => { }));
        var registry = provider.GetRequiredService<HandlerRegistry>();

        Assert.Equal(["B", "a", "a_1", "b"], registry.All.Select(r => r.Name));
        Assert.True(registry.TryGet("b", out var found));
        Assert.Equal("b", found.Name);
        Assert.False(registry.TryGet("A", out _));
        Assert.False(registry.TryGet("", out _));
    }

    [Fact]
    public void A_grid_without_tasks_has_an_empty_registry()
    {
        using var provider = Grid.With(_ => { });

        Assert.Empty(provider.GetRequiredService<HandlerRegistry>().All);
    }

    [Fact]
    public void One_name_from_two_builders_stops_the_start()
    {
        var services = new ServiceCollection();
        new TaskGridBuilder(services).AddTask("add", () => { });
        new TaskGridBuilder(services).AddTask("add", () => { });
        using var provider = services.BuildServiceProvider();

        var failure = Assert.Throws<InvalidOperationException>(provider.GetRequiredService<HandlerRegistry>);

        Assert.StartsWith("Task 'add' can't be registered: another task has this name already", failure.Message, StringComparison.Ordinal);
    }
}
