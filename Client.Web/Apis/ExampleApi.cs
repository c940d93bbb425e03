using Microsoft.AspNetCore.Http.HttpResults;
using TaskGrid.Access;
using TaskGrid.Errors;
using TaskGrid.Mail;
using TaskGrid.Requests;

namespace TaskGrid.Apis;

/// <summary>The routes of the Flask and Celery example, with its forms and answers.</summary>
internal static class ExampleApi
{
    private const string UrlEncoded = "application/x-www-form-urlencoded";
    private const string Multipart = "multipart/form-data";

    public static void MapExampleApi(this IEndpointRouteBuilder endpoints)
    {
        // What another site's page makes a browser send is turned away at the door, so forms need no token of their own.
        var example = endpoints.MapGroup("").WithTags("Example").DisableAntiforgery().RequireAuthorization(AccessPolicies.Whole)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        example.MapPost("/send_email", SendEmail).RequireAuthorization(AccessPolicies.Submit).WithName("SendEmail").WithSummary("Sends a mail in the background").Form<EmailForm>();
        example.MapPost("/tasks/add", Add).RequireAuthorization(AccessPolicies.Submit).WithName("StartAdd").WithSummary("Adds two numbers").Form<AddForm>();
        example.MapPost("/tasks/block", Block).RequireAuthorization(AccessPolicies.Submit).WithName("StartBlock").WithSummary("Holds a thread for five seconds");
        example.MapPost("/tasks/process", Process).RequireAuthorization(AccessPolicies.Submit).WithName("StartProcess").WithSummary("Counts once a second and tells how far it is").Form<ProcessForm>();
        example.MapGet("/tasks/result/{id}", Result).RequireAuthorization(AccessPolicies.Read).WithName("ReadResult").WithSummary("Whether a task is ready, and its progress or result").ProducesProblem(StatusCodes.Status404NotFound);
    }

    public static async Task<Results<ContentHttpResult, ProblemHttpResult>> SendEmail(HttpContext http, ITaskClient tasks)
    {
        var form = await ExampleForms.ReadEmailAsync(http.Request);
        if (form.Refusal is { } refusal)
        {
            return Problems.Of(refusal);
        }

        var handle = await tasks.SubmitAsync(new SendEmail(form.Value!.Recipient, form.Value.Content), cancellationToken: http.RequestAborted);
        http.Response.Headers.Location = TaskApi.Location(http, handle.Id);
        return TypedResults.Text("Email sent!");
    }

    public static async Task<Results<Ok<Started>, ProblemHttpResult>> Add(HttpContext http, ITaskClient tasks) =>
        await ExampleForms.ReadAddAsync(http.Request) switch
        {
            { Refusal: { } refusal } => Problems.Of(refusal),
            { Value: var form } => await StartAsync(http, tasks, "add", new { x = form!.A, y = form.B }),
        };

    public static Task<Ok<Started>> Block(HttpContext http, ITaskClient tasks) => StartAsync(http, tasks, "block", null);

    public static async Task<Results<Ok<Started>, ProblemHttpResult>> Process(HttpContext http, ITaskClient tasks) =>
        await ExampleForms.ReadProcessAsync(http.Request) switch
        {
            { Refusal: { } refusal } => Problems.Of(refusal),
            { Value: var form } => await StartAsync(http, tasks, "process", form),
        };

    public static async Task<Results<Ok<ExampleResult>, ProblemHttpResult>> Result(string id, HttpContext http, ITaskClient tasks)
    {
        if (TaskIds.Check(id) is { } refusal)
        {
            return Problems.Of(refusal);
        }

        return await tasks.GetHandle(id).GetSnapshotAsync(http.RequestAborted) is { } snapshot
            ? TypedResults.Ok(ExampleResult.Of(snapshot))
            : Problems.NoTask(id);
    }

    private static async Task<Ok<Started>> StartAsync(HttpContext http, ITaskClient tasks, string task, object? args) =>
        TypedResults.Ok(new Started((await tasks.SubmitAsync(task, args, cancellationToken: http.RequestAborted)).Id));

    private static RouteHandlerBuilder Form<TForm>(this RouteHandlerBuilder endpoint)
        where TForm : notnull => endpoint.Accepts<TForm>(UrlEncoded, Multipart)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge).ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
}
