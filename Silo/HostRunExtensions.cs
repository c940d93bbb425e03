namespace TaskGrid;

/// <summary>Runs a host of the grid.</summary>
public static class HostRunExtensions
{
    /// <summary>
    /// Runs the host until it is told to stop, as <c>Run</c> does, with one difference. Its start waits as long as need be for
    /// the store and the cluster; being told to stop meanwhile (SIGTERM, Ctrl-C) ends the process without an error, where
    /// <c>Run</c> would throw.
    /// </summary>
    public static void RunUntilStopped(this IHost host)
    {
        var stopping = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        try
        {
            host.Run();
        }
        catch (Exception e) when (stopping.IsCancellationRequested && e is OperationCanceledException or OrleansLifecycleCanceledException)
        {
            // Told to stop before it had started.
        }
    }
}
