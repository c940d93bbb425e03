namespace TaskGrid;

/// <summary>
/// Tells calls that the connection to a silo has been lost since they were made. Orleans tells only how many connections there are: a
/// call that went to the silo that is gone would wait for its time-out, 8 s, for an answer that can't come.
/// </summary>
internal sealed class LostGateways(TimeProvider time)
{
    // Those that another silo is about to answer need not be repeated.
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(1);

    private CancellationTokenSource _next = new(Timeout.InfiniteTimeSpan, time);

    /// <summary>Fires 1 s after the next loss of a connection.</summary>
    public CancellationToken Next => Volatile.Read(ref _next).Token;

    /// <summary>The number of connections has changed.</summary>
    public void Changed(object? sender, GatewayCountChangedEventArgs change)
    {
        if (change.NumberOfConnectedGateways < change.PreviousNumberOfConnectedGateways)
        {
            Interlocked.Exchange(ref _next, new(Timeout.InfiniteTimeSpan, time)).CancelAfter(s_grace);
        }
    }
}
