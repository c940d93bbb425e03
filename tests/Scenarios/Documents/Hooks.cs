using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using TaskGrid.Testing;
using Xunit;

namespace TaskGrid.Scenarios.Documents;

public sealed class TenantHeader(Tenant tenant) : ISubmitMiddleware
{
    public Task<SubmitReply> SubmitAsync(TaskSubmission submission, SubmitDelegate next, CancellationToken cancellationToken)
    {
        var headers = new Dictionary<string, string>(submission.Options.Headers ?? new Dictionary<string, string>()) { ["tenant"] = tenant.Name };
        return next(submission with { Options = submission.Options with { Headers = headers } }, cancellationToken);
    }
}

public sealed record Tenant(string Name);

public sealed class Board
{
    public List<string> Orders { get; } = [];

    public List<string> Alarms { get; } = [];
}

public sealed class Orders(Board board) : ITaskUnitOfWork
{
    public List<string> Pending { get; } = [];

    public Task CommitAsync(CancellationToken cancellationToken)
    {
        board.Orders.AddRange(Pending);
        return Task.CompletedTask;
    }

    public Task RollbackAsync(CancellationToken cancellationToken)
    {
        Pending.Clear();
        return Task.CompletedTask;
    }
}

public sealed class Alarm(Board board) : ITaskObserver
{
    public Task OnAttemptEndedAsync(AttemptEnd end, CancellationToken cancellationToken)
    {
        if (end.Verdict == AttemptVerdict.Failed)
        {
            board.Alarms.Add($"{end.Task} {end.TaskId}: {end.Error!.Message}");
        }

        return Task.CompletedTask;
    }
}

/// <summary>The examples of docs/hooks.md.</summary>
public sealed class Hooks
{
    [Fact]
    public async Task All_of_them_work_together()
    {
        var (board, seconds) = (new Board(), new ConcurrentBag<double>());
        var told = new TaskCompletionSource();
        await using var test = await TestGrid.StartAsync(grid =>
        {
            var services = grid.Services.AddSingleton(new Tenant("acme")).AddSingleton(board);
            services.AddSubmitMiddleware<TenantHeader>();

            grid.Use(async (execution, next) =>
            {
                var start = TimeProvider.System.GetTimestamp();
                try
                {
                    await next(execution);
                    execution.Context.Log($"returned {execution.Result}");
                }
                finally
                {
                    seconds.Add(TimeProvider.System.GetElapsedTime(start).TotalSeconds);
                }
            });

            grid.UseLogScope("tenant");
            grid.UseUnitOfWork<Orders>();
            grid.AddObserver<Alarm>();
            grid.AddObserver((end, _) =>
            {
                if (end.Task == "broken")
                {
                    told.SetResult();
                }

                return Task.CompletedTask;
            });

            grid.AddTask("order", (string item, Orders orders, TaskContext context) => orders.Pending.Add($"{item} for {context.Headers["tenant"]}"));
            grid.AddTask("broken", (Orders orders) =>
            {
                orders.Pending.Add("nothing");
                throw new PermanentFailureException("out of order");
            });
        });

        await test.Tasks.SubmitAsync("order", new { item = "lamp" });
        var broken = await test.Tasks.SubmitAsync("broken");
        await test.DrainAsync();
        await told.Task.Within("the telling of the failure");

        Assert.Equal(["lamp for acme"], board.Orders);
        Assert.Equal([$"broken {broken.Id}: out of order"], board.Alarms);
        Assert.Equal(2, seconds.Count);
    }
}
