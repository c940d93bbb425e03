namespace TaskGrid;

/// <summary>The Orleans streams that events go through: one for each process that listens.</summary>
internal static class EventStreams
{
    /// <summary>The stream provider.</summary>
    public const string Provider = "taskgrid-events";

    /// <summary>The streams' namespace; their keys are the listeners' names.</summary>
    public const string Namespace = "taskgrid.events";
}
