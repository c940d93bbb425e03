using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace TaskGrid.Scenarios;

public sealed class When_a_handler_fails
{
    [Fact]
    public async Task It_is_tried_again_until_it_succeeds()
    {
        var attempts = new List<(int Attempt, long Token)>();
        await using var grid = await Grid.StartAsync(tasks => tasks.AddTask(
            "flaky",
            (TaskContext context) =>
            {
                attempts.Add((context.Attempt, context.Token));
                return context.Attempt < 3 ? throw new InvalidOperationException($"not yet {context.Attempt}") : "done";
            },
            o => o.Backoff = Backoff.Fixed(TimeSpan.FromMilliseconds(20))));

        var snapshot = await (await grid.Tasks.SubmitAsync("flaky")).FinalAsync();

        Assert.Equal((TaskState.Succeeded, 3), (snapshot.State, snapshot.Attempt));
        Assert.Equal([1, 2, 3], attempts.Select(a => a.Attempt));
        Assert.True(attempts[0].Token < attempts[1].Token && attempts[1].Token < attempts[2].Token);
        Assert.Equal(["not yet 1", "not yet 2"], snapshot.Attempts.Select(a => a.Error.Message));
        Assert.Null(snapshot.Error);
    }

    [Fact]
    public async Task It_fails_when_no_attempt_is_left_with_each_error_kept()
    {
        await using var grid = await Grid.StartAsync(tasks => tasks.AddTask(
            "broken", (TaskContext c) => { throw new FormatException($"attempt {c.Attempt}"); }, o => o.Backoff = Backoff.Fixed(TimeSpan.FromMilliseconds(10))));

        var snapshot = await (await grid.Tasks.SubmitAsync("broken", options: new() { MaxAttempts = 2 })).FinalAsync();

        Assert.Equal((TaskState.Failed, 2, 2), (snapshot.State, snapshot.Attempt, snapshot.MaxAttempts));
        Assert.Equal(("System.FormatException", "attempt 2"), (snapshot.Error!.Type, snapshot.Error.Message));
        Assert.Contains("When_a_handler_fails", snapshot.Error.Stack, StringComparison.Ordinal);
        Assert.Equal([1, 2], snapshot.Attempts.Select(a => a.Number));
    }

    /// <summary>Whoever counts attempts is the application's: when its code throws, the attempt is over all the same.</summary>
    [Fact]
    public async Task It_is_tried_again_though_whoever_listens_to_the_measures_throws()
    {
        const string queue = "badly-measured";
        var thrown = 0;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Name == TaskGridTelemetry.MeterName && !instrument.IsObservable)
            {
                l.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) => Break(tags));
        listener.SetMeasurementEventCallback<double>((_, _, tags, _) => Break(tags));
        listener.Start();
        var runs = 0;
        await using var grid = await Grid.StartAsync(tasks => tasks.AddTask(
            "flaky", () => Interlocked.Increment(ref runs) < 2 ? throw new InvalidOperationException("not yet") : "done", o => o.Backoff = Backoff.Fixed(TimeSpan.FromMilliseconds(20))));

        var snapshot = await (await grid.Tasks.SubmitAsync("flaky", options: new() { Queue = queue })).FinalAsync();

        Assert.Equal((TaskState.Succeeded, 2, 2), (snapshot.State, snapshot.Attempt, runs));
        // The submit; for each attempt that it began, how long it ran and what it came to; and once how long the task had waited.
        Assert.Equal(8, thrown);

        void Break(ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if (tags.ToArray().Any(t => t.Value as string == queue))
            {
                Interlocked.Increment(ref thrown);
                throw new InvalidOperationException("This listener is broken.");
            }
        }
    }

    /// <summary>Nor does anything hang on who keeps the log: its disk may be full.</summary>
    [Fact]
    public async Task It_is_tried_again_though_whoever_keeps_the_log_throws()
    {
        using var log = new FullDisk();
        var runs = 0;
        await using var grid = await Grid.StartAsync(
            tasks =>
            {
                tasks.Services.AddSingleton<ILoggerProvider>(log);
                tasks.Services.AddLogging(l => l.AddFilter<FullDisk>("TaskGrid", LogLevel.Trace));
                tasks.AddTask("flaky", () => Interlocked.Increment(ref runs) < 2 ? throw new InvalidOperationException("not yet") : "done", o => o.Backoff = Backoff.Fixed(TimeSpan.FromMilliseconds(20)));
            },
            slots: 1);

        log.IsFull = true;
        var first = await (await grid.Tasks.SubmitAsync("flaky")).FinalAsync();
        var second = await (await grid.Tasks.SubmitAsync("flaky")).FinalAsync();
        log.IsFull = false;

        Assert.Equal((TaskState.Succeeded, 2, TaskState.Succeeded, 1, 3), (first.State, first.Attempt, second.State, second.Attempt, runs));
        Assert.True(log.Lines > 0, "nothing was logged");
    }

    private sealed class FullDisk : ILoggerProvider
    {
        private int _lines;

        public int Lines => _lines;

        public bool IsFull { get; set; }

        // What Orleans says is its own matter.
        public ILogger CreateLogger(string categoryName) => categoryName.StartsWith("TaskGrid.", StringComparison.Ordinal) ? new Log(this) : NullLogger.Instance;

        public void Dispose()
        {
        }

        private sealed class Log(FullDisk disk) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            {
                if (!disk.IsFull)
                {
                    return;
                }

                Interlocked.Increment(ref disk._lines);
                throw new IOException("No space left on device");
            }
        }
    }

    [Fact]
    public async Task A_permanent_failure_is_not_tried_again()
    {
        await using var grid = await Grid.StartAsync(tasks => tasks.AddTask("never", () => { throw new PermanentFailureException("no use"); }));

        var handle = await grid.Tasks.SubmitAsync<int>("never");

        var failure = await Assert.ThrowsAsync<TaskFailedException>(() => handle.GetResultAsync(TestContext.Current.CancellationToken));
        Assert.Equal((1, "no use"), (failure.Snapshot.Attempt, failure.Snapshot.Error!.Message));
    }

    [Fact]
    public async Task Results_that_cannot_be_stored_fail_the_task_and_the_silo_lives()
    {
        await using var grid = await Grid.StartAsync(
            tasks => tasks.AddTask("huge", () => new string('x', 100_000)).AddTask("cyclic", () => new Node()).AddTask("add", (int x, int y) => x + y),
            settings: ("TaskGrid:MaxResultBytes", "50000"));

        var huge = await (await grid.Tasks.SubmitAsync("huge")).FinalAsync();
        var cyclic = await (await grid.Tasks.SubmitAsync("cyclic")).FinalAsync();

        Assert.Equal((TaskState.Failed, ErrorCodes.ResultTooLarge), (huge.State, huge.Error!.Type));
        Assert.Equal((TaskState.Failed, ErrorCodes.ResultNotSerializable), (cyclic.State, cyclic.Error!.Type));
        Assert.Equal(3, await (await grid.Tasks.SubmitAsync<int>("add", new { x = 1, y = 2 })).GetResultAsync(TestContext.Current.CancellationToken));
    }

    private sealed class Node
    {
        public Node Self => this;
    }
}
