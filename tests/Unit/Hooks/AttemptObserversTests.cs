using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TaskGrid.Hooks;
using TaskGrid.Hosting;
using TaskGrid.Kit;
using TaskGrid.Storage;
using TaskGrid.Tasks;
using TaskGrid.Unit.Handlers;
using TaskGrid.Workers;

namespace TaskGrid.Unit.Hooks;

public sealed class AttemptObserversTests
{
    private static readonly TaskDefinition s_definition = new(
        new("add"), default, new() { Headers = new Dictionary<string, string> { ["tenant"] = "7" }, ParentId = "parent", RootId = "root" });

    private readonly ConcurrentQueue<AttemptEnd> _heard = [];
    private readonly LogLines _log = new();

    public sealed class Scoped;

    public sealed class Observer(ConcurrentQueue<AttemptEnd> heard, Scoped scoped) : ITaskObserver
    {
        public Task OnAttemptEndedAsync(AttemptEnd end, CancellationToken cancellationToken)
        {
            Assert.NotNull(scoped);
            heard.Enqueue(end);
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task Tell_AnEnd_IsHeardByEachEvenWhenOneFails()
    {
        await using var provider = With(grid => grid.AddObserver((_, _) => throw new FormatException("odd")).AddObserver<Observer>());
        var observers = provider.GetRequiredService<AttemptObservers>();
        await observers.Start(TestContext.Current.CancellationToken);

        observers.Tell(AttemptOf("a"), s_definition, new Verdict.Succeed(JsonText.From(3)), 'S');
        observers.Tell(AttemptOf("b"), s_definition, new Verdict.Succeed(JsonText.From(3)), null);
        await observers.StopAsync(TestContext.Current.CancellationToken);

        var end = Assert.Single(_heard);
        Assert.Equal(("a", "add", "mail", 1, 3, AttemptVerdict.Succeeded), (end.TaskId, end.Task, end.Queue, end.Attempt, end.MaxAttempts, end.Verdict));
        Assert.Equal(("3", "7", "parent", "root"), (end.Result.ToString(), end.Headers!["tenant"], end.ParentId, end.RootId));
        Assert.Equal("An observer failed at the end of task a (add) of queue mail in attempt 1", Assert.Single(_log.Lines));
    }

    [Fact]
    public async Task Tell_ObserversThatHang_DropsTheNewestAndSaysSoOnce()
    {
        var never = new TaskCompletionSource();
        await using var provider = With(grid => grid.AddObserver(async (end, stop) =>
        {
            await never.Task.WaitAsync(stop);
            _heard.Enqueue(end);
        }));
        var observers = provider.GetRequiredService<AttemptObservers>();

        for (var i = 0; i < AttemptObservers.MaxWaiting + 10; i++)
        {
            observers.Tell(AttemptOf($"t{i}"), s_definition, new Verdict.GiveBack(), null);
        }

        Assert.StartsWith($"Observers can't keep up: the end of task t{AttemptObservers.MaxWaiting} is not told", Assert.Single(_log.Lines), StringComparison.Ordinal);
        await observers.Start(TestContext.Current.CancellationToken);
        never.SetResult();
        await observers.StopAsync(TestContext.Current.CancellationToken);
        Assert.Equal(AttemptObservers.MaxWaiting, _heard.Count);
    }

    [Fact]
    public async Task Stop_OutOfTime_DoesNotWaitAndFiresTheObserversToken()
    {
        var fired = new TaskCompletionSource();
        await using var provider = With(grid => grid.AddObserver(async (_, stop) =>
        {
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
            }
            finally
            {
                fired.SetResult();
            }
        }));
        var observers = provider.GetRequiredService<AttemptObservers>();
        await observers.Start(TestContext.Current.CancellationToken);
        observers.Tell(AttemptOf("a"), s_definition, new Verdict.GiveBack(), null);

        await observers.StopAsync(new CancellationToken(canceled: true));

        await fired.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    private ServiceProvider With(Action<TaskGridBuilder> define) => Grid.With(grid =>
    {
        grid.Services.AddLogging(logging => logging.AddProvider(_log)).AddSingleton(_heard).AddScoped<Scoped>().AddSingleton<AttemptObservers>();
        // Never opened: nothing is read here.
        grid.Services.AddSingleton(new StoreOptions { ConnectionString = "localhost", Grid = "unit" }).AddSingleton(new EngineFaults()).AddSingleton<StoreConnection>().AddSingleton<TaskStore>();
        define(grid);
    });

    private static Attempt AttemptOf(string id) => new(new GrantedLease(id, 1, 1, 1, "W 1 0 0 0 0 = 0 0 - 0 - 5 1 0 1 default add h -", null, null, "", "-"), "mail", TimeProvider.System);
}
