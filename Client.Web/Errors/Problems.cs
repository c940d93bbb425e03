using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace TaskGrid.Errors;

/// <summary>Errors as RFC 9457 problem details with the members <c>code</c> and, where one is at fault, <c>field</c>.</summary>
internal static class Problems
{
    public const string CodeMember = "code";
    public const string FieldMember = "field";
    public const string ErrorMember = "error";

    /// <param name="refusal">What was refused.</param>
    /// <param name="error">The error of the task that is asked for, as the member <c>error</c>.</param>
    public static ProblemHttpResult Of(TaskRefusal refusal, TaskError? error = null)
    {
        var extensions = new Dictionary<string, object?> { [CodeMember] = refusal.Code };
        if (refusal.Field is { } field)
        {
            extensions[FieldMember] = field;
        }

        if (error is not null)
        {
            extensions[ErrorMember] = error;
        }

        var status = ProblemStatuses.Of(refusal.Code);
        // ASP.NET knows the sections of RFC 9110 only.
        var type = status == StatusCodes.Status429TooManyRequests ? "https://tools.ietf.org/html/rfc6585#section-4" : null;
        return TypedResults.Problem(refusal.Message, statusCode: status, type: type, extensions: extensions);
    }

    public static ProblemHttpResult NoTask(string id) => Of(new(ErrorCodes.TaskNotFound, $"There is no task '{id}': it was never submitted, or has been forgotten."));

    public static IServiceCollection AddGridProblems(this IServiceCollection services)
    {
        services.AddExceptionHandler<ProblemExceptionHandler>();
        return services.AddProblemDetails(options => options.CustomizeProblemDetails = context => Complete(context.ProblemDetails, context.HttpContext));
    }

    public static void UseGridProblems(this WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages(context => AnswerAsync(context.HttpContext));
    }

    // Also who asked for something else than JSON is told what was wrong: ASP.NET would send a line of text.
    private static Task AnswerAsync(HttpContext http)
    {
        var problem = new ProblemDetails { Status = http.Response.StatusCode };
        Complete(problem, http);
        return TypedResults.Problem(problem).ExecuteAsync(http);
    }

    // What ASP.NET answers by itself has neither code nor detail.
    private static void Complete(ProblemDetails problem, HttpContext http)
    {
        problem.Extensions.TryAdd(CodeMember, ProblemStatuses.CodeOf(http.Response.StatusCode));
        problem.Detail ??= http.Response.StatusCode switch
        {
            StatusCodes.Status401Unauthorized => "Bring a key: Authorization: Bearer tg_... or X-Api-Key.",
            StatusCodes.Status403Forbidden => "The key may not be used for this.",
            StatusCodes.Status404NotFound => "There is nothing at this address.",
            StatusCodes.Status405MethodNotAllowed => $"This address does not take {http.Request.Method}.",
            StatusCodes.Status415UnsupportedMediaType => "The body has a type that this address does not take.",
            _ => problem.Title,
        };
    }
}
