using TaskGrid.Testing;
using Xunit;

namespace TaskGrid.Scenarios;

public sealed class When_tasks_are_kept_for_a_time
{
    /// <summary>What a task asks for itself goes before the grid's day for successes and week for failures.</summary>
    [Fact]
    public async Task Each_is_forgotten_after_its_own()
    {
        await using var grid = await TestGrid.StartAsync(tasks => tasks
            .AddTask("succeed", () => 1)
            .AddTask("fail", int () => throw new PermanentFailureException("no")));
        var hour = TimeSpan.FromHours(1);
        var brief = await grid.Tasks.SubmitAsync("succeed", options: new() { KeepSucceeded = hour });
        var usual = await grid.Tasks.SubmitAsync("succeed");
        var failed = await grid.Tasks.SubmitAsync("fail", options: new() { KeepSucceeded = hour });
        await grid.DrainAsync();

        await grid.AdvanceAsync(3 * hour);
        Assert.Null(await brief.GetSnapshotAsync());
        Assert.Equal(TaskState.Succeeded, (await usual.GetSnapshotAsync())!.State);
        await grid.AdvanceAsync(27 * hour);
        Assert.Null(await usual.GetSnapshotAsync());
        Assert.Equal(TaskState.Failed, (await failed.GetSnapshotAsync())!.State);
        await grid.AdvanceAsync(TimeSpan.FromDays(8));
        Assert.Null(await failed.GetSnapshotAsync());
    }

    [Fact]
    public async Task Cancelled_ones_go_with_succeeded_ones_unless_they_say_otherwise()
    {
        await using var grid = await TestGrid.StartAsync(tasks => tasks.AddTask("succeed", () => 1));
        var hour = TimeSpan.FromHours(1);
        var handles = await Task.WhenAll(
            grid.Tasks.SubmitAsync("succeed", options: new() { Delay = hour, KeepSucceeded = hour }),
            grid.Tasks.SubmitAsync("succeed", options: new() { Delay = hour, KeepSucceeded = hour, KeepCancelled = 12 * hour }),
            grid.Tasks.SubmitAsync("succeed", options: new() { Delay = hour }));
        await Task.WhenAll(handles.Select(h => h.CancelAsync()));

        await grid.AdvanceAsync(3 * hour);

        Assert.Equal([null, TaskState.Cancelled, TaskState.Cancelled], (await Task.WhenAll(handles.Select(h => h.GetSnapshotAsync()))).Select(s => s?.State));
    }
}
