namespace TaskGrid.Queues;

/// <summary>A queue that the host's code declares, with its settings.</summary>
internal sealed record DeclaredQueue(string Name, QueueSettings Settings);
