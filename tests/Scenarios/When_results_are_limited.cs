using Xunit;

namespace TaskGrid.Scenarios;

public sealed class When_results_are_limited
{
    [Fact]
    public async Task A_task_may_have_a_limit_of_its_own_above_or_below_the_grids()
    {
        await using var grid = await Grid.StartAsync(
            tasks => tasks.AddTask("text", (int length) => new string('x', length - 2)), settings: ("TaskGrid:MaxResultBytes", "50000"));

        var fits = await (await grid.Tasks.SubmitAsync("text", new { length = 100 }, new() { MaxResultBytes = 100 })).FinalAsync();
        var small = await (await grid.Tasks.SubmitAsync("text", new { length = 101 }, new() { MaxResultBytes = 100 })).FinalAsync();
        var large = await (await grid.Tasks.SubmitAsync("text", new { length = 60_000 }, new() { MaxResultBytes = 60_000 })).FinalAsync();

        Assert.Equal((TaskState.Succeeded, 100), (fits.State, fits.Result!.Value.Length));
        Assert.Equal((TaskState.Failed, ErrorCodes.ResultTooLarge, 1), (small.State, small.Error!.Type, small.Attempt));
        Assert.Contains("101 bytes; 100", small.Error.Message, StringComparison.Ordinal);
        Assert.Equal((TaskState.Succeeded, 60_000), (large.State, large.Result!.Value.Length));
    }

    [Fact]
    public async Task A_result_that_is_ignored_is_not_kept_and_can_be_anything()
    {
        await using var grid = await Grid.StartAsync(
            tasks => tasks.AddTask("text", (int length) => new string('x', length)).AddTask("cyclic", () => new Node()), settings: ("TaskGrid:MaxResultBytes", "50000"));
        var options = new SubmitOptions { IgnoreResult = true };

        var snapshots = new[]
        {
            await (await grid.Tasks.SubmitAsync("text", new { length = 5 }, options)).FinalAsync(),
            await (await grid.Tasks.SubmitAsync("text", new { length = 60_000 }, options)).FinalAsync(),
            await (await grid.Tasks.SubmitAsync("cyclic", options: options)).FinalAsync(),
        };

        Assert.All(snapshots, s => Assert.Equal((TaskState.Succeeded, true), (s.State, s.Result is null or { IsNull: true })));
    }

    [Fact]
    public async Task A_handler_without_result_is_within_any_limit()
    {
        await using var grid = await Grid.StartAsync(tasks => tasks.AddTask("nothing", () => { }));

        Assert.Equal(TaskState.Succeeded, (await (await grid.Tasks.SubmitAsync("nothing", options: new() { MaxResultBytes = 0 })).FinalAsync()).State);
    }

    private sealed class Node
    {
        public Node Self => this;
    }
}
