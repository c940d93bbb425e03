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
        var api = endpoints.MapGroup("/api/v1").AddEndpointFilter<QueryNameFilter>()
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status429TooManyRequests).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        api.MapTasks();
        api.MapTask();
        api.MapEvents();
        api.MapQueues();
        api.MapWorkers();
        api.MapBulk();
        api.MapGrid();
        api.MapKeys();
        return api;
    }

    private static void MapTasks(this RouteGroupBuilder api)
    {
        var tasks = api.MapGroup("tasks").WithTags("Tasks");
        tasks.MapPost("", TaskApi.Submit)
            .RequireAuthorization(AccessPolicies.Submit).WithName("SubmitTask").WithSummary("Submit a task")
            .WithDescription("Answers when the task is stored. With ?wait= it answers 200 when the task is final in time, else 202 with its present state.")
            .TakesJson<SubmitRequest>(ApiExamples.Submit).WaitParameter()
            .KeyParameter("1 to 250 characters: the same key with the same content is the same task, for 24 hours from its submit, and longer as long as the task is kept.")
            .ProducesProblem(StatusCodes.Status409Conflict);
        tasks.MapPost("batch", BatchApi.Submit)
            .RequireAuthorization(AccessPolicies.Submit).WithName("SubmitBatch").WithSummary("Submit up to 1,000 tasks")
            .WithDescription("Each is accepted or refused by itself. The body is an array of submits, or an object with the member tasks. The items come in the order of the submits.")
            .TakesJson<IReadOnlyList<SubmitRequest>>(ApiExamples.Batch)
            .KeyParameter("Each task of the batch that has neither id nor key of its own gets this key and its place: sent again, the batch makes nothing new.");
        tasks.MapGet("", ListApi.Read)
            .RequireAuthorization(AccessPolicies.Read).WithName("ListTasks").WithSummary("List tasks")
            .WithDescription(
                "A page at a time. Scheduled and Retrying by their due instants, the next one first; Running by when they began, final ones by when they ended, all others by when they were "
                + "accepted, the newest first. What no index helps to find is looked for record by record, 10,000 for a page (scanned): then it may be short, and next goes on.")
            .FilterParameters().PageParameters(TaskLists.DefaultLimit, ListReader.MaxLimit).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
    }

    private static void MapTask(this RouteGroupBuilder api)
    {
        var task = api.MapGroup("tasks/{id}").WithTags("Tasks").AddEndpointFilter<TaskScopeFilter>();
        task.MapGet("", TaskApi.Read)
            .RequireAuthorization(AccessPolicies.Read).WithName("ReadTask").WithSummary("Get a task")
            .WithDescription("As it is now. With ?wait= it answers as soon as the task is final, else with its present state when the time is over.")
            .WaitParameter().TagParameter().ProducesProblem(StatusCodes.Status404NotFound);
        task.MapGet("result", ResultApi.Read)
            .RequireAuthorization(AccessPolicies.Read).WithName("ReadTaskResult").WithSummary("Get a task's result")
            .WithDescription(
                "What the handler returned, and nothing else. With ?wait= it answers as soon as the task is final. A task that has failed, was cancelled or is not final yet has no result: 409.")
            .WaitParameter().TagParameter().Produces<object>(StatusCodes.Status200OK, Json)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        task.MapPost("cancel", TaskApi.Cancel)
            .RequireAuthorization(AccessPolicies.Operate).WithName("CancelTask").WithSummary("Cancel a task")
            .WithDescription("Doing it again changes nothing. Outcome Requested: an attempt is running, and the task becomes cancelled when its handler has stopped.")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        task.MapPost("retry", ChangeApi.Retry)
            .RequireAuthorization(AccessPolicies.Operate).WithName("RetryTask").WithSummary("Retry a task")
            .WithDescription("Lets a task that has failed or was cancelled run again, with all its attempts.")
            .TouchParameters()
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status412PreconditionFailed);
        task.MapPatch("", ChangeApi.Change)
            .RequireAuthorization(AccessPolicies.Operate).WithName("ChangeTask").WithSummary("Change a waiting task")
            .WithDescription("Moves it to another queue, priority or due instant; what is left out stays.")
            .TakesJson<TaskChange>(ApiExamples.Change).TouchParameters()
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status412PreconditionFailed);
        task.MapDelete("", ChangeApi.Forget)
            .RequireAuthorization(AccessPolicies.Operate).WithName("ForgetTask").WithSummary("Forget a final task")
            .WithDescription("With its result, error and log. For the rest of its idempotency window its id stays taken.")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        task.MapGet("attempts", ResultApi.Attempts)
            .RequireAuthorization(AccessPolicies.Read).WithName("ReadTaskAttempts").WithSummary("List a task's attempts")
            .WithDescription("The last 20 that failed, and the one that runs or was the last.")
            .TagParameter().ProducesProblem(StatusCodes.Status404NotFound);
        task.MapGet("log", ChangeApi.Log)
            .RequireAuthorization(AccessPolicies.Read).WithName("ReadTaskLog").WithSummary("Get a task's log")
            .WithDescription("The last 200 lines that the task's handler has logged for it.").ProducesProblem(StatusCodes.Status404NotFound);
        task.MapGet("events", EventApi.OfTask)
            .RequireAuthorization(AccessPolicies.Read).WithTags("Follow").WithName("FollowTask").WithSummary("Follow a task (server-sent events)")
            .WithDescription(
                "Until it is final. Events: state (the snapshot), progress, log (lines), forgotten; ping every 15 seconds of silence. Their id is the task's version and the number of the last "
                + "line: with Last-Event-ID a reader gets the present state and the lines since; states in between may be missed. Who has seen the end gets 204.")
            .LastEventParameter().Produces<string>(StatusCodes.Status200OK, EventStream).Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static void MapEvents(this RouteGroupBuilder api) => api.MapGet("events", EventApi.OfGrid)
        .RequireAuthorization(AccessPolicies.Read).WithTags("Follow").WithName("FollowGrid").WithSummary("Follow all tasks (server-sent events)")
        .WithDescription(
            "From now on. Events: task (id, task, queue, state), and ping, at once and every 15 seconds of silence; several changes of a task within a moment are one. Nothing is kept for who is "
            + "away, who reads too slowly is cut off, and changes that different silos make may come out of order.")
        .EventFilterParameters().Produces<string>(StatusCodes.Status200OK, EventStream);

    private static void MapQueues(this RouteGroupBuilder api)
    {
        var queues = api.MapGroup("queues").WithTags("Queues");
        queues.MapGet("", QueueApi.List).RequireAuthorization(AccessPolicies.Read).WithName("ListQueues").WithSummary("List queues")
            .WithDescription("With what they have in them, how old the oldest is, what runs, rates, and settings.");
        queues.MapGet("{queue}", QueueApi.Read)
            .RequireAuthorization(AccessPolicies.Read).WithName("ReadQueue").WithSummary("Get a queue")
            .WithDescription("A queue need not be made: one that nobody has used is empty.").ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        queues.MapPut("{queue}", QueueApi.Configure)
            .RequireAuthorization(AccessPolicies.Operate).WithName("ConfigureQueue").WithSummary("Configure a queue")
            .WithDescription("Sets everything, in place of what was set before. Spans are seconds, rates strings such as \"100/m burst 20\". What runs is counted in the new limits at once.")
            .TakesJson<QueueSettings>(ApiExamples.Queue);
        queues.MapPost("{queue}/pause", QueueApi.Pause)
            .RequireAuthorization(AccessPolicies.Operate).WithName("PauseQueue").WithSummary("Pause a queue")
            .WithDescription("Nothing more is started from it; what runs goes on.").ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        queues.MapPost("{queue}/resume", QueueApi.Resume)
            .RequireAuthorization(AccessPolicies.Operate).WithName("ResumeQueue").WithSummary("Resume a queue").ProducesProblem(StatusCodes.Status422UnprocessableEntity);
    }

    private static void MapWorkers(this RouteGroupBuilder api)
    {
        var workers = api.MapGroup("workers").WithTags("Workers");
        workers.MapGet("", WorkerApi.List).RequireAuthorization(AccessPolicies.Read, AccessPolicies.Whole).WithName("ListWorkers").WithSummary("List workers")
            .WithDescription("Those of all silos that answer.");
        workers.MapGet("{worker}", WorkerApi.Read)
            .RequireAuthorization(AccessPolicies.Read, AccessPolicies.Whole).WithName("ReadWorker").WithSummary("Get a worker").WithDescription("With what it runs.")
            .ProducesProblem(StatusCodes.Status404NotFound);
        workers.MapPut("{worker}/queues", WorkerApi.Serve)
            .RequireAuthorization(AccessPolicies.Operate, AccessPolicies.Whole).WithName("ServeQueues").WithSummary("Say which queues a worker serves")
            .WithDescription("Until its silo restarts.").TakesJson<ServeRequest>(ApiExamples.Serve).ProducesProblem(StatusCodes.Status404NotFound);
        workers.MapPost("{worker}/drain", WorkerApi.Drain)
            .RequireAuthorization(AccessPolicies.Operate, AccessPolicies.Whole).WithName("DrainWorker").WithSummary("Drain a worker")
            .WithDescription("It takes nothing more; what it runs goes on.").ProducesProblem(StatusCodes.Status404NotFound);
        workers.MapPost("{worker}/resume", WorkerApi.Resume)
            .RequireAuthorization(AccessPolicies.Operate, AccessPolicies.Whole).WithName("ResumeWorker").WithSummary("Resume a worker")
            .WithDescription("It serves the queues of its configuration again.").ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static void MapBulk(this RouteGroupBuilder api)
    {
        var bulk = api.MapGroup("bulk").WithTags("Bulk");
        bulk.MapPost("", BulkApi.Begin)
            .RequireAuthorization(AccessPolicies.Operate).WithName("BeginBulk").WithSummary("Cancel, purge, move, retry or forget many tasks")
            .WithDescription("Answers when the operation has begun; it goes on by itself. Which tasks: as the parameters of a list, with the same names; at least one.").TakesJson<BulkRequest>(ApiExamples.Bulk);
        bulk.MapPost("count", BulkApi.Count)
            .RequireAuthorization(AccessPolicies.Read).WithName("CountBulk").WithSummary("Count what an operation would change")
            .WithDescription("Nothing is done. Thousands of records are looked at; where there are more, it is a least number, and isComplete is false.").TakesJson<BulkRequest>(ApiExamples.Bulk);
        bulk.MapGet("{id}", BulkApi.Read)
            .RequireAuthorization(AccessPolicies.Read).WithName("ReadBulk").WithSummary("Get an operation").WithDescription("How far it is.")
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static void MapGrid(this RouteGroupBuilder api)
    {
        var grid = api.MapGroup("").WithTags("Grid");
        grid.MapGet("health", HealthApi.Read).RequireAuthorization(AccessPolicies.Read, AccessPolicies.Whole)
            .WithName("ReadHealth").WithSummary("Get the grid's health").WithDescription("How the grid and its store are, and why; 503 when they are not well.")
            .Produces<HealthReply>(StatusCodes.Status200OK, Json);
        grid.MapGet("stats", StatsApi.Read).RequireAuthorization(AccessPolicies.Read, AccessPolicies.Whole)
            .WithName("ReadStats").WithSummary("Get figures").WithDescription("What there is and what has happened, with the last hour in slots of ten seconds: how much, how long tasks waited, and how long attempts ran.");
        grid.MapGet("stats/errors", StatsApi.Errors).RequireAuthorization(AccessPolicies.Read, AccessPolicies.Whole)
            .WithName("ReadErrors").WithSummary("List failures").WithDescription("By task and type of error, the last one first.").LimitParameter(50, 1000);
        grid.MapGet("me", MeApi.Read).RequireAuthorization(AccessPolicies.Any)
            .WithName("ReadMe").WithSummary("Get who asks").WithDescription("The name, roles and limits of the key or token that the request came with.");
        grid.MapGet("task-types", StatsApi.Types).RequireAuthorization(AccessPolicies.Any)
            .WithName("ListTaskTypes").WithSummary("List task types").WithDescription("The tasks that the grid runs, with the JSON Schemas of their arguments and results.");
        grid.MapGet("task-types/{task}", StatsApi.Type).RequireAuthorization(AccessPolicies.Any)
            .WithName("ReadTaskType").WithSummary("Get a task type").ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static void MapKeys(this RouteGroupBuilder api)
    {
        api.MapGet("audit", AuditApi.List).WithTags("Keys").RequireAuthorization(AccessPolicies.Admin)
            .WithName("ReadAudit").WithSummary("List what was done by hand").WithDescription("By whom, newest first; the last 10,000 entries are kept.").PageParameters(50, 200);
        var keys = api.MapGroup("keys").WithTags("Keys").RequireAuthorization(AccessPolicies.Admin);
        keys.MapPost("", KeyApi.Create)
            .WithName("CreateKey").WithSummary("Make an API key").WithDescription("It is shown this once.").TakesJson<KeyRequest>(ApiExamples.Key).ProducesProblem(StatusCodes.Status409Conflict);
        keys.MapGet("", KeyApi.List).WithName("ListKeys").WithSummary("List API keys").WithDescription("Those that count, without their secrets.");
        keys.MapPost("{id}/rotate", KeyApi.Rotate)
            .WithName("RotateKey").WithSummary("Rotate an API key")
            .WithDescription("The new key has the old one's name, roles and limits. The old one expires after overlap seconds, by default a day.")
            .TakesJson<KeyRotation>(ApiExamples.Rotation).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        keys.MapDelete("{id}", KeyApi.Revoke)
            .WithName("RevokeKey").WithSummary("Revoke an API key").WithDescription("Within five seconds everywhere.").ProducesProblem(StatusCodes.Status404NotFound);
    }

    /// <summary>A body, with one that can be sent as it stands, and what is answered when it can't be taken.</summary>
    private static RouteHandlerBuilder TakesJson<T>(this RouteHandlerBuilder endpoint, string example)
        where T : notnull => endpoint
        .Accepts<T>(Json).BodyExample(example)
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge).ProducesProblem(StatusCodes.Status415UnsupportedMediaType).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
}
