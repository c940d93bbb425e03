using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace TaskGrid.Unit.Client;

/// <summary>Waiting for a task that does not end.</summary>
public sealed class WaitTests
{
    private readonly Time _time = new();

    /// <summary>The grid answers when the time is over, and its answer has a way to go.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(30)]
    [InlineData(100)]
    public async Task Wait_ForSomethingThatGoesOn_ReturnsItsPresentState(int seconds)
    {
        var grid = new Slow(_time, silent: 0);
        var waiting = Client(grid).GetHandle("a").WaitAsync(TimeSpan.FromSeconds(seconds));

        await PassAsync(waiting, grid);

        Assert.Equal(TaskState.Running, (await waiting).State);
        // Less by the ways of the answers, where it takes several.
        Assert.InRange(grid.Asked.Sum(asked => asked.TotalSeconds), seconds * 0.9, seconds);
    }

    /// <summary>What is asked for after that is what is left of the time.</summary>
    [Fact]
    public async Task Wait_ThroughAnOutage_LastsNoLonger()
    {
        var grid = new Slow(_time, silent: 1);
        var waiting = Client(grid).GetHandle("a").WaitAsync(TimeSpan.FromSeconds(20));

        await PassAsync(waiting, grid);

        Assert.Equal(TaskState.Running, (await waiting).State);
        Assert.Equal([20, 14], grid.Asked.Select(asked => asked.TotalSeconds));
    }

    // Time passes when somebody waits for it, and only as much as they wait for.
    private async Task PassAsync(Task waiting, Slow grid)
    {
        for (var steps = 0; steps < 50 && await Task.WhenAny(waiting, _time.WaitedFor.WaitAsync()) != waiting; steps++)
        {
            var isPause = _time.IsPause;
            _time.IsPause = false;
            _time.Advance(isPause ? TimeSpan.FromSeconds(1) : grid.Takes);
        }
    }

    /// <summary>Tells of pauses: timers of less than a second.</summary>
    private sealed class Time : FakeTimeProvider
    {
        public SemaphoreSlim WaitedFor { get; } = new(0);

        public bool IsPause { get; set; }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            if (dueTime > TimeSpan.Zero && dueTime < TimeSpan.FromSeconds(1))
            {
                IsPause = true;
                WaitedFor.Release();
            }

            return timer;
        }
    }

    private ITaskClient Client(ITaskTransport grid) => new ServiceCollection()
        .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build()).AddSingleton<TimeProvider>(_time).AddSingleton(grid).AddSingleton(new StubGrid().Grains)
        .AddTaskClient().BuildServiceProvider().GetRequiredService<ITaskClient>();

    /// <summary>A grid in which one task runs for ever, and whose answers take 2 s; the first ones, after 5 s, are none.</summary>
    private sealed class Slow(Time time, int silent) : ITaskTransport
    {
        public List<TimeSpan> Asked { get; } = [];

        /// <summary>How long the call that is under way takes.</summary>
        public TimeSpan Takes { get; private set; }

        public TimeSpan LongestWait => TimeSpan.FromSeconds(30);

        public async Task<TaskSnapshot?> WaitAsync(string id, TimeSpan timeout, CancellationToken cancellationToken)
        {
            Asked.Add(timeout);
            var isSilent = Asked.Count <= silent;
            Takes = isSilent ? TimeSpan.FromSeconds(5) : timeout + TimeSpan.FromSeconds(2);
            var over = Task.Delay(Takes, time, cancellationToken);
            time.WaitedFor.Release();
            await over;
            return isSilent ? throw new TimeoutException("No answer.") : new() { Id = id, Task = "add", Queue = "default", State = TaskState.Running };
        }

        public Task<SubmitReply[]> SubmitAsync(TaskSubmission[] submissions, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<TaskSnapshot?> GetSnapshotAsync(string id, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<CancelReply> CancelAsync(string id, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<ChangeReply> ChangeAsync(string id, TaskChange change, TaskTouch touch, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<ChangeOutcome> RetryAsync(string id, TaskTouch touch, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<ChangeOutcome> ForgetAsync(string id, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<TaskLogPart> GetLogAsync(string id, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<TaskListReply> ListAsync(TaskListRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
