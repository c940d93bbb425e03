using Microsoft.Extensions.Logging;
using TaskGrid.Storage;

namespace TaskGrid.Workers;

/// <summary>
/// Lets what a rate limits begin at the instant that it was leased for. What comes too late for that goes back and is given another
/// instant: if it began all the same, a silo that has stood still would begin all that it holds at once.
/// </summary>
internal sealed partial class StartInstants(StoreTime storeTime, TimeProvider time, ILogger<StartInstants> logger)
{
    private const int TooLateBeforeAlways = 4;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_stall = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private long? _lateSince;
    private long _lastCounted;
    private int _tooLate;
    private bool _isAlwaysLate;

    /// <summary>Waits for the attempt's instant; false when it is to go back, since it is too late or was stopped.</summary>
    public async ValueTask<bool> ReachAsync(Attempt attempt)
    {
        var lease = attempt.Lease;
        if (lease.MayBeLateBy is not { } mayBeLateBy)
        {
            return true;
        }

        // It left the store when its clock showed LeasedAt: whatever is believed of that clock, it is no longer than this.
        var longest = TimeSpan.FromMilliseconds(lease.StartedAt - lease.LeasedAt);
        while (Until(lease) is var left && left > TimeSpan.Zero)
        {
            try
            {
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling((left < longest ? left : longest).TotalMilliseconds)), time, attempt.Stopping).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return false;
            }

            if (left >= longest)
            {
                break;
            }
        }

        return IsInTime(-Until(lease) <= mayBeLateBy, attempt.Id);
    }

    private TimeSpan Until(GrantedLease lease) => storeTime.Until(TimeSpan.FromMilliseconds(lease.StartedAt)) ?? TimeSpan.Zero;

    /// <summary>
    /// A silo that was not in time at four instants, more than a second apart and over five at least, is short of threads or cores: then late is better
    /// than never. All that one stall makes late counts once.
    /// </summary>
    private bool IsInTime(bool inTime, string id)
    {
        lock (_gate)
        {
            if (inTime)
            {
                (_lateSince, _tooLate, _isAlwaysLate) = (null, 0, false);
                return true;
            }

            var now = time.GetTimestamp();
            if (_lateSince is null || time.GetElapsedTime(_lastCounted, now) > s_stall)
            {
                _lateSince ??= now;
                _lastCounted = now;
                _tooLate++;
            }

            if (!_isAlwaysLate && _tooLate >= TooLateBeforeAlways && time.GetElapsedTime(_lateSince.Value, now) >= s_patience)
            {
                _isAlwaysLate = true;
                LogAlwaysLate(id, s_patience);
            }

            return _isAlwaysLate;
        }
    }

    [LoggerMessage(LogLevel.Warning, "Task {TaskId} starts later than its rate asks for, and so will others: for more than {Patience} nothing with a rate could begin in time on this silo")]
    private partial void LogAlwaysLate(string taskId, TimeSpan patience);
}
