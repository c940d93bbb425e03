using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using TaskGrid.Access;

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
        // Where to look is something that only HTTP knows.
        var message = refusal.Code == ErrorCodes.UnknownTask ? $"{refusal.Message} GET /api/v1/task-types lists those that it runs." : refusal.Message;
        return TypedResults.Problem(message, statusCode: status, type: type, extensions: extensions);
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
            StatusCodes.Status401Unauthorized when ApiKeyHandler.HeaderOf(http.Request) is not null => "This key is not known: it has expired or been revoked, or never was one.",
            StatusCodes.Status401Unauthorized => "Bring a key: Authorization: Bearer tg_... or X-Api-Key.",
            StatusCodes.Status403Forbidden => Forbidden(http),
            StatusCodes.Status404NotFound => "There is nothing at this address.",
            StatusCodes.Status405MethodNotAllowed => $"This address takes {http.Response.Headers.Allow}, not {http.Request.Method}.",
            StatusCodes.Status415UnsupportedMediaType => $"Send the body as Content-Type: {(http.Request.Path.StartsWithSegments("/api") ? "application/json" : "application/x-www-form-urlencoded")}, in UTF-8.",
            _ => problem.Title,
        };
    }

    // What it takes, and what there is.
    private static string Forbidden(HttpContext http)
    {
        var policies = http.GetEndpoint()?.Metadata.GetOrderedMetadata<IAuthorizeData>().Select(a => a.Policy).ToList() ?? [];
        var needed = policies.Where(p => p is not null && AccessPolicies.Roles.ContainsKey(p)).SelectMany(p => AccessPolicies.Roles[p!]).Select(AccessPolicies.NameOf).ToList();
        return needed.Count > 0 && !needed.Any(http.User.IsInRole)
            ? $"This takes the role {string.Join(" or ", needed)}; this key has {Roles(http.User)}."
            : "The key may not be used for this: it is limited to some queues or tasks, and this concerns all.";
    }

    private static string Roles(ClaimsPrincipal user) => string.Join(", ", user.FindAll(ClaimTypes.Role).Select(c => c.Value)) is { Length: > 0 } roles ? roles : "none";
}
