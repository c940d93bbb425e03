namespace TaskGrid.Apis;

/// <summary>The bodies that the OpenAPI document shows: each can be sent as it stands.</summary>
internal static class ApiExamples
{
    public const string Submit = """{"task":"add","args":{"x":2,"y":3},"id":"order-17"}""";
    public const string Snapshot =
        """
        {
          "id": "order-17", "task": "add", "queue": "default", "priority": 5, "state": "Succeeded", "version": 9, "attempt": 1, "maxAttempts": 3, "interruptions": 0,
          "createdAt": "2026-11-28T08:00:00.125+00:00", "dueAt": null, "startedAt": "2026-11-28T08:00:00.127+00:00", "finishedAt": "2026-11-28T08:00:00.131+00:00",
          "worker": "10.0.0.7:11111@154882419~1", "args": {"x": 2, "y": 3}, "progress": null, "result": 5, "error": null, "reason": null, "cancelRequested": false,
          "attempts": [], "expiresAt": null, "deadlineAt": null, "concurrencyKey": null, "tags": [], "headers": null, "parentId": null, "rootId": null, "traceId": null
        }
        """;
    public const string Problem =
        """
        {
          "type": "https://tools.ietf.org/html/rfc4918#section-11.2", "title": "Unprocessable Entity", "status": 422, "detail": "No silo of the grid runs a task named 'ad'. GET /api/v1/task-types lists those that it runs.",
          "code": "unknown_task", "field": "task", "error": null, "traceId": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        }
        """;
    public const string Batch = """[{"task":"add","args":{"x":2,"y":3}},{"task":"sleep","args":{"seconds":5},"tags":["nightly"]}]""";
    public const string Change = """{"priority":9}""";
    public const string Queue = """{"limits":{"concurrency":20,"rate":"100/m"},"fair":true}""";
    public const string Serve = """{"queues":["default"]}""";
    public const string Bulk = """{"action":"Cancel","tag":"nightly"}""";
    public const string Key = """{"name":"shop","roles":["submit","read"],"queues":["mail"]}""";
    public const string Rotation = """{"overlap":3600}""";

    /// <summary>By the beginning of a route and the parameter in it: what it is, and one that is likely to be there.</summary>
    public static IReadOnlyList<(string Route, string Name, string Description, string Example)> Paths { get; } =
    [
        ("api/v1/tasks/", "id", "The task's id.", "order-17"),
        ("tasks/result/", "id", "The task's id.", "order-17"),
        ("api/v1/queues/", "queue", "The queue's name.", "default"),
        ("api/v1/workers/", "worker", "The worker's name, as the list of workers has it.", "127.0.0.1:11111@154867397~1"),
        ("api/v1/bulk/", "id", "The operation's id; it can be asked after until an hour after it was through.", "01a221aa-5d6d-7b8e-a202-ea1bdaf53b42"),
        ("api/v1/task-types/", "task", "The task name.", "add"),
        ("api/v1/keys/", "id", "The key's id, the middle of its three parts.", "0123456789abcdef"),
        ("dev/mail/", "id", "The mail's number.", "1"),
    ];
}
