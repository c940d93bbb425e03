using TaskGrid.Access;
using TaskGrid.Requests;

namespace TaskGrid.Apis;

/// <summary>The REST API: what it offers, in one table.</summary>
internal static class TaskGridApi
{
    private const string Json = "application/json";
    private const string EventStream = "text/event-stream";

    /// <summary>Maps the API under <c>/api/v1</c>.</summary>
    public static IEndpointConventionBuilder MapTaskGridApi(this IEndpointRouteBuilder endpoints)
    {
        var api = endpoints.MapGroup("/api/v1").WithTags("Tasks")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status429TooManyRequests).ProducesProblem(StatusCodes.Status503ServiceUnavailable);

        api.MapPost("tasks", TaskApi.Submit)
            .RequireAuthorization(AccessPolicies.Submit).WithName("SubmitTask").WithSummary("Submits a task; answers when it is stored")
            .WithDescription("With ?wait= it answers 200 when the task is final in time, else 202 with its present state.")
            .Accepts<SubmitRequest>(Json).WaitParameter().KeyParameter("The same key with the same content is the same task, for 24 hours after it was forgotten.")
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        api.MapPost("tasks/batch", BatchApi.Submit)
            .RequireAuthorization(AccessPolicies.Submit).WithName("SubmitBatch").WithSummary("Submits up to 1,000 tasks; each is accepted or refused by itself")
            .WithDescription("The body is an array of submits, or an object with the member tasks. The items come in the order of the submits.")
            .Accepts<IReadOnlyList<SubmitRequest>>(Json)
            .KeyParameter("Each task of the batch that has neither id nor key of its own gets this key and its place: sent again, the batch makes nothing new.")
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge).ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        api.MapGet("tasks", ListApi.Read)
            .RequireAuthorization(AccessPolicies.Read).WithName("ListTasks").WithSummary("The tasks that there are, a page at a time")
            .WithDescription(
                "Scheduled and Retrying by their due instants, the next one first; Running by when they began, final ones by when they ended, all others by when they were "
                + "accepted, the newest first. What no index helps to find is looked for record by record, 10,000 for a page (scanned): then it may be short, and next goes on.")
            .FilterParameters().PageParameters(TaskLists.DefaultLimit, ListReader.MaxLimit).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        var task = api.MapGroup("tasks/{id}").AddEndpointFilter<TaskScopeFilter>();
        task.MapGet("", TaskApi.Read)
            .RequireAuthorization(AccessPolicies.Read).WithName("ReadTask").WithSummary("The task as it is now")
            .WithDescription("With ?wait= it answers as soon as the task is final, else with its present state when the time is over.")
            .WaitParameter().TagParameter().ProducesProblem(StatusCodes.Status404NotFound);
        task.MapGet("result", ResultApi.Read)
            .RequireAuthorization(AccessPolicies.Read).WithName("ReadTaskResult").WithSummary("What a task's handler returned, and nothing else")
            .WithDescription("With ?wait= it answers as soon as the task is final. A task that has failed, was cancelled or is not final yet has no result: 409.")
            .WaitParameter().TagParameter().Produces<object>(StatusCodes.Status200OK, Json)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        task.MapGet("attempts", ResultApi.Attempts)
            .RequireAuthorization(AccessPolicies.Read).WithName("ReadTaskAttempts").WithSummary("A task's attempts: the last 20 that failed, and the one that runs or was the last")
            .TagParameter().ProducesProblem(StatusCodes.Status404NotFound);
        task.MapPost("cancel", TaskApi.Cancel)
            .RequireAuthorization(AccessPolicies.Operate).WithName("CancelTask").WithSummary("Cancels a task durably; doing it again changes nothing")
            .WithDescription("Outcome Requested: an attempt is running, and the task becomes cancelled when its handler has stopped.")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        task.MapPatch("", ChangeApi.Change)
            .RequireAuthorization(AccessPolicies.Operate).WithName("ChangeTask").WithSummary("Moves a waiting task to another queue, priority or due instant")
            .Accepts<TaskChange>(Json).TouchParameters()
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status412PreconditionFailed)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge).ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        task.MapPost("retry", ChangeApi.Retry)
            .RequireAuthorization(AccessPolicies.Operate).WithName("RetryTask").WithSummary("Lets a failed or cancelled task run again with all its attempts")
            .TouchParameters()
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status412PreconditionFailed);
        task.MapDelete("", ChangeApi.Forget)
            .RequireAuthorization(AccessPolicies.Operate).WithName("ForgetTask").WithSummary("Forgets a final task with its result, error and log")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        task.MapGet("log", ChangeApi.Log)
            .RequireAuthorization(AccessPolicies.Read).WithName("ReadTaskLog").WithSummary("The last 200 lines that the task's handler has logged for it");
        task.MapGet("events", EventApi.OfTask)
            .RequireAuthorization(AccessPolicies.Read).WithName("FollowTask").WithSummary("A task's changes as server-sent events, until it is final")
            .WithDescription(
                "Events: state (the snapshot), progress, log (lines), forgotten; ping every 15 seconds of silence. Their id is the task's version and the number of the last line: "
                + "with Last-Event-ID a reader gets the present state and the lines since; states in between may be missed. Who has seen the end gets 204.")
            .Produces(StatusCodes.Status200OK, contentType: EventStream).Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status404NotFound);
        api.MapGet("events", EventApi.OfGrid)
            .RequireAuthorization(AccessPolicies.Read).WithName("FollowGrid").WithSummary("Changes of all tasks as server-sent events, from now on")
            .WithDescription("Events: task (id, task, queue, state); several changes of a task within a moment are one. Nothing is kept for who is away, and who reads too slowly is cut off.")
            .EventFilterParameters().Produces(StatusCodes.Status200OK, contentType: EventStream);
        api.MapGet("health", HealthApi.Read).WithTags("Grid").RequireAuthorization(AccessPolicies.Read, AccessPolicies.Whole)
            .WithName("ReadHealth").WithSummary("How the grid and its store are, and why; 503 when they are not well")
            .Produces<HealthReply>(StatusCodes.Status200OK, Json);
        api.MapQueues();
        api.MapStats();
        api.MapKeys();
        return api;
    }

    private static void MapQueues(this RouteGroupBuilder api)
    {
        api.MapGet("queues", QueueApi.List).RequireAuthorization(AccessPolicies.Read).WithName("ListQueues").WithSummary("All queues as they stand");
        api.MapGet("queues/{queue}", QueueApi.Read)
            .RequireAuthorization(AccessPolicies.Read).WithName("ReadQueue").WithSummary("A queue as it stands").ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        api.MapPut("queues/{queue}", QueueApi.Configure)
            .RequireAuthorization(AccessPolicies.Operate).WithName("ConfigureQueue").WithSummary("Sets everything about a queue, in place of what was set before")
            .WithDescription("Spans are seconds, rates strings such as \"100/m burst 20\". What runs is counted in the new limits at once.")
            .Accepts<QueueSettings>(Json)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge).ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        api.MapPost("queues/{queue}/pause", QueueApi.Pause)
            .RequireAuthorization(AccessPolicies.Operate).WithName("PauseQueue").WithSummary("Starts nothing more from a queue").ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        api.MapPost("queues/{queue}/resume", QueueApi.Resume)
            .RequireAuthorization(AccessPolicies.Operate).WithName("ResumeQueue").WithSummary("Starts what waits in a queue again").ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        api.MapGet("workers", WorkerApi.List).RequireAuthorization(AccessPolicies.Read, AccessPolicies.Whole).WithName("ListWorkers").WithSummary("The workers of all silos that answer");
        api.MapPut("workers/{worker}/queues", WorkerApi.Serve)
            .RequireAuthorization(AccessPolicies.Operate, AccessPolicies.Whole).WithName("ServeQueues").WithSummary("Says which queues a worker takes tasks from, until its silo restarts")
            .Accepts<ServeRequest>(Json).ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge).ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        api.MapGet("workers/{worker}", WorkerApi.Read)
            .RequireAuthorization(AccessPolicies.Read, AccessPolicies.Whole).WithName("ReadWorker").WithSummary("A worker with what it runs").ProducesProblem(StatusCodes.Status404NotFound);
        api.MapPost("workers/{worker}/drain", WorkerApi.Drain)
            .RequireAuthorization(AccessPolicies.Operate, AccessPolicies.Whole).WithName("DrainWorker").WithSummary("Lets a worker take nothing more; what it runs goes on")
            .ProducesProblem(StatusCodes.Status404NotFound);
        api.MapPost("workers/{worker}/resume", WorkerApi.Resume)
            .RequireAuthorization(AccessPolicies.Operate, AccessPolicies.Whole).WithName("ResumeWorker").WithSummary("Lets a worker take tasks from the queues of its configuration again")
            .ProducesProblem(StatusCodes.Status404NotFound);
        api.MapPost("bulk", BulkApi.Begin)
            .RequireAuthorization(AccessPolicies.Operate).WithName("BeginBulk").WithSummary("Cancels, purges, moves or retries many tasks; answers when that has begun")
            .Accepts<BulkRequest>(Json)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge).ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        api.MapPost("bulk/count", BulkApi.Count)
            .RequireAuthorization(AccessPolicies.Read).WithName("CountBulk").WithSummary("How many tasks such an operation would change; nothing is done")
            .Accepts<BulkRequest>(Json)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge).ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        api.MapGet("bulk/{id}", BulkApi.Read)
            .RequireAuthorization(AccessPolicies.Read, AccessPolicies.Whole).WithName("ReadBulk").WithSummary("How far an operation on many tasks is").ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static void MapStats(this RouteGroupBuilder api)
    {
        api.MapGet("stats", StatsApi.Read).WithTags("Grid").RequireAuthorization(AccessPolicies.Read, AccessPolicies.Whole)
            .WithName("ReadStats").WithSummary("The grid in figures, with the last hour in slots of ten seconds");
        api.MapGet("stats/errors", StatsApi.Errors).WithTags("Grid").RequireAuthorization(AccessPolicies.Read, AccessPolicies.Whole)
            .WithName("ReadErrors").WithSummary("Failures by task and type of error, the last one first").LimitParameter(50, 1000);
        api.MapGet("task-types", StatsApi.Types).WithTags("Grid").RequireAuthorization(AccessPolicies.Any)
            .WithName("ListTaskTypes").WithSummary("The tasks that the grid runs, with the JSON Schemas of their arguments and results");
        api.MapGet("task-types/{task}", StatsApi.Type).WithTags("Grid").RequireAuthorization(AccessPolicies.Any)
            .WithName("ReadTaskType").WithSummary("A task that the grid runs").ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static void MapKeys(this RouteGroupBuilder api)
    {
        api.MapGet("audit", AuditApi.List).WithTags("Keys").RequireAuthorization(AccessPolicies.Admin)
            .WithName("ReadAudit").WithSummary("What was done by hand, by whom, newest first; the last 10,000 are kept").PageParameters(50, 200);
        var keys = api.MapGroup("keys").WithTags("Keys").RequireAuthorization(AccessPolicies.Admin);
        keys.MapPost("", KeyApi.Create)
            .WithName("CreateKey").WithSummary("Makes an API key, which is shown this once")
            .Accepts<KeyRequest>(Json).ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge).ProducesProblem(StatusCodes.Status415UnsupportedMediaType);
        keys.MapGet("", KeyApi.List).WithName("ListKeys").WithSummary("The keys that count, without their secrets");
        keys.MapPost("{id}/rotate", KeyApi.Rotate)
            .WithName("RotateKey").WithSummary("Makes a key in place of another, which stays for a while")
            .WithDescription("The new key has the old one's name, roles and limits. The old one expires after overlap seconds, by default a day.")
            .Accepts<KeyRotation>(Json).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge).ProducesProblem(StatusCodes.Status415UnsupportedMediaType);
        keys.MapDelete("{id}", KeyApi.Revoke)
            .WithName("RevokeKey").WithSummary("Revokes a key, within five seconds everywhere").ProducesProblem(StatusCodes.Status404NotFound);
    }
}
