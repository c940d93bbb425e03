namespace TaskGrid;

/// <summary>Accepts tasks on the silo that a client is connected to. Use <see cref="ITaskClient"/>, which mints ids and retries.</summary>
[Alias("taskgrid.submit")]
public interface ISubmitGrain : IGrainWithIntegerKey
{
    /// <summary>Validates and stores each submission by itself; the replies are in the order of the submissions.</summary>
    [Alias("Submit")]
    Task<SubmitReply[]> Submit(TaskSubmission[] submissions);
}
