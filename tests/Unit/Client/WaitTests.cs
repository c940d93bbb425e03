using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace TaskGrid.Unit.Client;

/// <summary>Waiting for a task that does not end.</summary>
public sealed class WaitTests
{
    private readonly FakeTimeProvider _time = new();

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

        await PassAsync(waiting, TimeSpan.FromSeconds(seconds + 10));

        Assert.Equal(TaskState.Running, (await waiting).State);
        Assert.InRange(grid.Asked.Sum(asked => asked.TotalSeconds), seconds - 1, seconds);
    }

    /// <summary>What is asked for after that is what is left of the time.</summary>
    [Fact]
    public async Task Wait_ThroughAnOutage_LastsNoLonger()
    {
        var grid = new Slow(_time, silent: 12);
        var waiting = Client(grid).GetHandle("a").WaitAsync(TimeSpan.FromSeconds(20));

        await PassAsync(waiting, TimeSpan.FromSeconds(30));

        Assert.Equal(TaskState.Running, (await waiting).State);
        Assert.True(grid.Asked[^1] < TimeSpan.FromSeconds(20), $"{grid.Asked[^1]} was asked for at last");
    }

    private async Task PassAsync(Task waiting, TimeSpan most)
    {
        for (var passed = TimeSpan.Zero; passed < most && !waiting.IsCompleted; passed += TimeSpan.FromMilliseconds(100))
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            for (var i = 0; i < 20; i++)
            {
                await Task.Yield();
            }
        }
    }

    private ITaskClient Client(ITaskTransport grid) => new ServiceCollection()
        .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build()).AddSingleton<TimeProvider>(_time).AddSingleton(grid).AddSingleton(new StubGrid().Grains)
        .AddTaskClient().BuildServiceProvider().GetRequiredService<ITaskClient>();

    /// <summary>A grid in which one task runs for ever, and whose answers take 50 ms.</summary>
    private sealed class Slow(TimeProvider time, int silent) : ITaskTransport
    {
        private int _silent = silent;

        public List<TimeSpan> Asked { get; } = [];

        public TimeSpan LongestWait => TimeSpan.FromSeconds(30);

        public async Task<TaskSnapshot?> WaitAsync(string id, TimeSpan timeout, CancellationToken cancellationToken)
        {
            if (_silent-- > 0)
            {
                throw new TimeoutException("No answer.");
            }

            Asked.Add(timeout);
            await Task.Delay(timeout + TimeSpan.FromMilliseconds(50), time, cancellationToken);
            return new() { Id = id, Task = "add", Queue = "default", State = TaskState.Running };
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
