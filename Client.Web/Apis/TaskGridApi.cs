using TaskGrid.Requests;

namespace TaskGrid.Apis;

/// <summary>The REST API: what it offers, in one table.</summary>
internal static class TaskGridApi
{
    private const string Json = "application/json";

    /// <summary>Maps the API under <c>/api/v1</c>.</summary>
    public static IEndpointConventionBuilder MapTaskGridApi(this IEndpointRouteBuilder endpoints)
    {
        var api = endpoints.MapGroup("/api/v1").WithTags("Tasks")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

        api.MapPost("tasks", TaskApi.Submit)
            .WithName("SubmitTask").WithSummary("Submits a task; answers when it is stored")
            .WithDescription("With ?wait= it answers 200 when the task is final in time, else 202 with its present state.")
            .Accepts<SubmitRequest>(Json).WaitParameter()
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        api.MapPost("tasks/batch", BatchApi.Submit)
            .WithName("SubmitBatch").WithSummary("Submits up to 1,000 tasks; each is accepted or refused by itself")
            .WithDescription("The body is an array of submits, or an object with the member tasks. The items come in the order of the submits.")
            .Accepts<IReadOnlyList<SubmitRequest>>(Json)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge).ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        api.MapGet("tasks/{id}", TaskApi.Read)
            .WithName("ReadTask").WithSummary("The task as it is now")
            .WithDescription("With ?wait= it answers as soon as the task is final, else with its present state when the time is over.")
            .WaitParameter().ProducesProblem(StatusCodes.Status404NotFound);
        api.MapPost("tasks/{id}/cancel", TaskApi.Cancel)
            .WithName("CancelTask").WithSummary("Cancels a task durably; doing it again changes nothing")
            .WithDescription("Outcome Requested: an attempt is running, and the task becomes cancelled when its handler has stopped.")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        return api;
    }
}
