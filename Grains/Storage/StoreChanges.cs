using StackExchange.Redis;
using TaskGrid.Queues;
using TaskGrid.Tasks;

namespace TaskGrid.Storage;

/// <summary>What an operation has changed, as far as its words and its answer tell. Pure.</summary>
internal static class StoreChanges
{
    private const string Done = "ok";

    /// <summary>The tasks that an operation has changed, with what is known of them; none for one that changes none, or did not.</summary>
    public static IEnumerable<TaskEvent> In(StoreOp operation, RedisResult[] reply) => operation.Changes ? Of(operation, reply) : [];

    private static IEnumerable<TaskEvent> Of(StoreOp operation, RedisResult[] reply) => (operation.Name, (string?)reply[0]) switch
    {
        ("accept", Done) =>
        [
            new(IdOf(operation), Lane.TaskOf((string)operation.Args[3]!), (string)operation.Args[2]!, (long)reply[3] > (long)reply[2] ? TaskState.Scheduled : TaskState.Queued),
        ],
        ("lease", Done) => ((RedisResult[])reply[3]!).Chunk(LeaseStore.WordsOfALease).Select(l => (Id: (string)l[0]!, Line: StateLine.Parse((string)l[3]!)))
            .Select(l => new TaskEvent(l.Id, Lane.TaskOf(l.Line.Lane), l.Line.Queue, TaskState.Running)),
        ("finish", Done) => [new(IdOf(operation), null, null, StateOf(((string)reply[1]!)[0]))],
        ("sweep" or "over", Done) => ((RedisResult[])reply[4]!).Chunk(3).Select(c => OfLane((string)c[0]!, c[1], c[2])),
        ("forget", Done) => [OfLane(IdOf(operation), reply[1], reply[2])],
        ("progress" or "log" or "begin" or "handback" or "lapse" or "change" or "retry", Done) or ("cancel", "cancelled" or "requested") => [new(IdOf(operation), null, null, null)],
        _ => [],
    };

    private static string IdOf(StoreOp operation) => (string)operation.Args[0]!;

    // What is forgotten can't be asked any more what it was.
    private static TaskEvent OfLane(string id, RedisResult lane, RedisResult queue) => new(id, Lane.TaskOf((string)lane!), (string)queue!, null);

    private static TaskState? StateOf(char code) => code switch
    {
        'S' => TaskState.Succeeded,
        'F' => TaskState.Failed,
        'C' => TaskState.Cancelled,
        'R' => TaskState.Retrying,
        _ => null,
    };
}
