using Microsoft.Extensions.DependencyInjection;
using TaskGrid.Tasks;
using Xunit;

namespace TaskGrid.Scenarios;

public sealed class When_settings_lie_in_layers
{
    [Fact]
    public async Task The_call_goes_before_the_task_the_task_before_the_queue_the_queue_before_the_grid()
    {
        await using var grid = await Grid.StartAsync(
            tasks => tasks.AddTask("plain", () => { }).AddTask("own", () => { }, o => o.MaxAttempts = 5),
            settings: [("TaskGrid:Defaults:MaxAttempts", "9"), ("TaskGrid:Defaults:Priority", "2"), ("TaskGrid:Defaults:DeadlineAfter", "01:00:00")]);
        await grid.Queues.ConfigureAsync("layers", new() { Defaults = new() { MaxAttempts = 7, DeadlineAfter = TimeSpan.FromMinutes(1) } });

        var call = await grid.Tasks.SubmitAsync("own", options: new() { Queue = "layers", MaxAttempts = 3, Delay = TimeSpan.FromHours(1) });
        var task = await grid.Tasks.SubmitAsync("own", options: new() { Queue = "layers", Delay = TimeSpan.FromHours(1) });
        var queue = await grid.Tasks.SubmitAsync("plain", options: new() { Queue = "layers", Delay = TimeSpan.FromHours(1) });
        var rest = await grid.Tasks.SubmitAsync("plain", options: new() { Delay = TimeSpan.FromHours(2) });

        Assert.Equal([3, 5, 7, 9], ((TaskHandle[])[call, task, queue, rest]).Select(h => h.Accepted!.MaxAttempts));
        Assert.All((TaskHandle[])[call, task, queue, rest], h => Assert.Equal(2, h.Accepted!.Priority));
        Assert.Equal(TimeSpan.FromMinutes(1), queue.Accepted!.DeadlineAt - queue.Accepted.CreatedAt);
        Assert.Equal(TimeSpan.FromHours(1), rest.Accepted!.DeadlineAt - rest.Accepted.CreatedAt);
    }

    [Fact]
    public async Task A_queues_new_defaults_hold_within_a_second()
    {
        await using var grid = await Grid.StartAsync(tasks => tasks.AddTask("plain", () => { }));
        await grid.Tasks.SubmitAsync("plain", options: new() { Delay = TimeSpan.FromHours(1) });
        await grid.Queues.ConfigureAsync("default", new() { Defaults = new() { MaxAttempts = 7 } });
        await Until.True(
            async () => (await grid.Tasks.SubmitAsync("plain", options: new() { Delay = TimeSpan.FromHours(1) })).Accepted!.MaxAttempts == 7,
            "the queue's new defaults hold");
    }

    [Fact]
    public async Task A_registrations_tags_join_those_of_the_call()
    {
        await using var grid = await Grid.StartAsync(tasks => tasks.AddTask("tagged", () => { }, o => o.Tags = ["always", "both"]));
        var handle = await grid.Tasks.SubmitAsync("tagged", options: new() { Tags = ["both", "once"] });
        Assert.Equal(["always", "both", "once"], handle.Accepted!.Tags);
    }

    [Fact]
    public async Task A_plain_tasks_definition_says_only_its_name()
    {
        await using var grid = await Grid.StartAsync(tasks => tasks.AddTask("plain", () => { }));
        var handle = await grid.Tasks.SubmitAsync("plain", options: new() { Delay = TimeSpan.FromHours(1) });
        var record = await grid.ServicesOf(0).GetRequiredService<Storage.TaskStore>().ReadAsync(handle.Id);
        Assert.Equal("{\"task\":\"plain\"}\n\n{}", System.Text.Encoding.UTF8.GetString(record!.Definition!.Encode()));
        Assert.Equal(StateLine.None, record.Line.Flags);
    }
}
