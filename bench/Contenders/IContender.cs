namespace TaskGrid.Bench;

/// <summary>
/// A task system with its Redis, its worker process and its client, alone on the machine: the same work for all. Two tasks: one that adds two numbers,
/// and one that returns the instant at which it runs.
/// </summary>
internal interface IContender : IAsyncDisposable
{
    /// <summary>Its name.</summary>
    string Name { get; }

    /// <summary>Submits additions one by one, with so many unanswered at a time.</summary>
    /// <returns>The milliseconds until each was acknowledged.</returns>
    Task<double[]> SubmitAsync(int count, int inFlight);

    /// <summary>Submits additions in the way that is fastest, without measuring anything.</summary>
    Task FillAsync(int count);

    /// <summary>One addition at a time: the milliseconds from before each submit until its result was there.</summary>
    Task<double[]> RoundTripsAsync(int count);

    /// <summary>Submits tasks that are due later: the milliseconds by which each began after its instant.</summary>
    /// <param name="count">How many.</param>
    /// <param name="ahead">When the first is due: late enough that all are submitted by then.</param>
    /// <param name="between">What lies between the instants of two; zero for one instant.</param>
    Task<double[]> LatenessAsync(int count, TimeSpan ahead, TimeSpan between);

    /// <summary>From now on nothing is begun.</summary>
    Task HoldAsync();

    /// <summary>And now it is.</summary>
    Task ReleaseAsync();

    /// <summary>How many tasks have succeeded since the start, by the store.</summary>
    Task<long> SucceededAsync();

    /// <summary>What its processes and its Redis have used since their start.</summary>
    Task<Usage> UsageAsync();
}

/// <summary>Waiting for tasks that are on their way.</summary>
internal static class ContenderWaits
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(20);

    /// <summary>Until so many have succeeded.</summary>
    public static async Task UntilSucceededAsync(this IContender contender, long target)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (await contender.SucceededAsync() is var done && done < target)
        {
            await Task.Delay(s_look, TimeProvider.System);
            if (TimeProvider.System.GetElapsedTime(start) > s_patience)
            {
                throw new TimeoutException($"{target - done} tasks of {contender.Name} have not succeeded after {s_patience.TotalMinutes:0} minutes.");
            }
        }
    }
}
