using System.Reflection;
using Xunit;

namespace TaskGrid.Scenarios;

public sealed class When_only_some_failures_are_retried
{
    [Fact]
    public async Task Types_that_are_named_are_retried_with_those_that_derive_from_them_and_no_others()
    {
        await using var grid = await Grid.StartAsync(tasks => tasks.AddTask(
            "fetch",
            (TaskContext context) =>
            {
                throw context.Attempt switch
                {
                    1 => new FileNotFoundException("derived"),
                    2 => new TargetInvocationException(new AggregateException(new IOException("wrapped"))),
                    _ => new FormatException("another one"),
                };
            },
            o =>
            {
                o.MaxAttempts = 10;
                o.RetryOn = [typeof(IOException).FullName!];
                o.Backoff = Backoff.Fixed(TimeSpan.FromMilliseconds(10));
            }));

        var snapshot = await (await grid.Tasks.SubmitAsync("fetch")).FinalAsync();

        Assert.Equal((TaskState.Failed, 3), (snapshot.State, snapshot.Attempt));
        Assert.Equal(["derived", "wrapped", "another one"], snapshot.Attempts.Select(a => a.Error.Message));
    }

    [Fact]
    public async Task Types_that_are_excluded_fail_at_once()
    {
        await using var grid = await Grid.StartAsync(tasks => tasks.AddTask("parse", () => { throw new ArgumentNullException("text"); }));

        var snapshot = await (await grid.Tasks.SubmitAsync("parse", options: new() { NeverRetryOn = [typeof(ArgumentException).FullName!] })).FinalAsync();

        Assert.Equal((TaskState.Failed, 1, "System.ArgumentNullException"), (snapshot.State, snapshot.Attempt, snapshot.Error!.Type));
    }
}
