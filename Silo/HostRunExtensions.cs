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
        catch (IOException e) when (e.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            // The port is not the program's fault: fifty lines of where it was noticed help nobody.
            Console.Error.WriteLine($"{e.Message} Stop what listens there, or listen elsewhere: --urls http://localhost:5001");
            Environment.ExitCode = 1;
        }
    }
}
