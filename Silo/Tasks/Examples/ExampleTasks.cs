using TaskGrid.Mail;

namespace TaskGrid.Examples;

/// <summary>The tasks of the Flask and Celery example, and three that show what the grid does with trouble.</summary>
internal static class ExampleTasks
{
    private const double LongestSleepSeconds = 3600;

    private static readonly TimeSpan s_block = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_step = TimeSpan.FromSeconds(1);

    /// <summary>Adds them, and <c>send_email</c>.</summary>
    public static TaskGridBuilder AddExampleTasks(this TaskGridBuilder grid)
    {
        grid.Services.AddMail();
        return grid
            .AddTask("add", (long x, long y) => checked(x + y), options => options.MaxAttempts = 1)
            .AddTask("sleep", SleepAsync)
            .AddTask("block", Block)
            .AddTask("process", ProcessAsync)
            .AddTask("fail", Fail)
            .AddTask("crash", Crash)
            .AddTask<SendEmail, SendEmailHandler>();
    }

    /// <summary>Waits without holding a thread; returns the seconds waited.</summary>
    private static async Task<double> SleepAsync(double seconds, TimeProvider time, CancellationToken cancellationToken)
    {
        if (seconds is < 0 or > LongestSleepSeconds)
        {
            throw new PermanentFailureException($"Sleeps 0 to {LongestSleepSeconds} seconds.");
        }

        await Task.Delay(TimeSpan.FromSeconds(seconds), time, cancellationToken);
        return seconds;
    }

    /// <summary>Holds its thread for five seconds, as code does that knows no <c>async</c>; cancelling it ends the wait.</summary>
    private static void Block(CancellationToken cancellationToken)
    {
        cancellationToken.WaitHandle.WaitOne(s_block);
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Counts once a second and says how far it is.</summary>
    private static async Task<Count> ProcessAsync(int total, TaskContext context, TimeProvider time, CancellationToken cancellationToken)
    {
        for (var current = 1; current <= total; current++)
        {
            context.ReportProgress(new Count(current, total));
            await Task.Delay(s_step, time, cancellationToken);
        }

        return new Count(total, total);
    }

    private static void Fail(string message) => throw new InvalidOperationException(message);

    /// <summary>Ends the process, as a stack overflow or the kernel's memory killer does: the grid runs the task again elsewhere.</summary>
    private static void Crash() => Environment.FailFast("The example task 'crash' ends its process.");

    private sealed record Count(int Current, int Total);
}
