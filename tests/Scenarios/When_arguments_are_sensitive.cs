using System.Collections.Concurrent;
using Xunit;

namespace TaskGrid.Scenarios;

public sealed class When_arguments_are_sensitive
{
    private const string Shown = """{"customer":"ada","card":"[hidden]"}""";

    [Fact]
    public async Task The_handler_gets_them_in_each_attempt_and_nobody_else_sees_them()
    {
        var seen = new ConcurrentBag<string>();
        await using var grid = await Grid.StartAsync(
            tasks => tasks.AddTask(
                "pay",
                void (string customer, [Sensitive] string card, TaskContext context) =>
                {
                    seen.Add(card);
                    if (context.Attempt < 3)
                    {
                        throw new FormatException("not yet");
                    }
                },
                o => (o.MaxAttempts, o.Backoff) = (2, Backoff.Fixed(TimeSpan.Zero))),
            silos: 2);
        var task = await grid.ClientOn(1).SubmitAsync("pay", new { customer = "ada", card = "4111" });
        var failed = await task.FinalAsync();
        Assert.Equal((TaskState.Failed, 2), (failed.State, failed.Attempt));
        Assert.Equal(ChangeOutcome.Changed, await task.RetryAsync());
        var done = await task.FinalAsync();
        Assert.Equal((TaskState.Succeeded, 3), (done.State, done.Attempt));

        Assert.Equal(["4111", "4111", "4111"], seen);
        var elsewhere = (await grid.ClientOn(0).GetHandle(task.Id).GetSnapshotAsync())!;
        Assert.All(new[] { task.Accepted!, failed, done, elsewhere }, s => Assert.Equal(Shown, s.Args.ToString()));
        Assert.Empty((await grid.Tasks.ListAsync(new() { Text = "4111" })).Items);
        // What names the same arguments is the same task, though nobody is shown them.
        Assert.False((await grid.Tasks.SubmitBatchAsync([TaskSubmission.Create("pay", new { customer = "ada", card = "4111" }, new() { Id = task.Id })]))[0].Created);
        Assert.Equal(ErrorCodes.TaskExists, (await grid.Tasks.SubmitBatchAsync([TaskSubmission.Create("pay", new { customer = "ada", card = "4222" }, new() { Id = task.Id })]))[0].Refusal?.Code);
    }

    /// <summary>A value that middleware puts in their place reaches the handler, and is not stored.</summary>
    [Fact]
    public async Task Middleware_around_the_handler_sees_them()
    {
        await using var grid = await Grid.StartAsync(tasks => tasks
            .AddTask("pay", (string customer, [Sensitive] string card) => $"{customer} {card}")
            .Use(async (execution, next) =>
            {
                execution.Args = JsonText.From(new { customer = execution.Args.ToString().Contains("4111", StringComparison.Ordinal) ? "ada" : "nobody", card = "4222" });
                await next(execution);
            }));
        var done = await (await grid.Tasks.SubmitAsync("pay", new { customer = "ada", card = "4111" })).FinalAsync();
        Assert.Equal(("\"ada 4222\"", Shown), (done.Result.ToString(), done.Args.ToString()));
    }
}
