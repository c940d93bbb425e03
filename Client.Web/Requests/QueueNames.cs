namespace TaskGrid.Requests;

/// <summary>The rule of queues' names, applied before one from a URL goes any further.</summary>
internal static class QueueNames
{
    private const int MaxLength = 100;

    public static TaskRefusal? Check(string queue) => queue.Length <= MaxLength && TaskIds.Check(queue) is null
        ? null
        : new(ErrorCodes.InvalidQueue, $"A queue's name has 1 to {MaxLength} letters, digits, '_', '.' or '-'.", "queue");
}
