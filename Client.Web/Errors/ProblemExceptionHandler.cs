using Microsoft.AspNetCore.Diagnostics;

namespace TaskGrid.Errors;

/// <summary>Turns what endpoints throw into problems. What nobody foresaw is logged and answered without its details.</summary>
internal sealed partial class ProblemExceptionHandler(ILogger<ProblemExceptionHandler> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if ((exception is OperationCanceledException or IOException) && httpContext.RequestAborted.IsCancellationRequested)
        {
            httpContext.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return true;
        }

        var refusal = Translate(exception);
        if (refusal.Code == ApiErrorCodes.InternalError)
        {
            LogUnforeseen(exception, httpContext.Request.Method, httpContext.Request.Path);
        }

        var problem = Problems.Of(refusal);
        if (problem.StatusCode == StatusCodes.Status503ServiceUnavailable)
        {
            httpContext.Response.Headers.RetryAfter = "1";
        }

        await problem.ExecuteAsync(httpContext);
        return true;
    }

    private static TaskRefusal Translate(Exception exception) => exception switch
    {
        TaskRefusedException e => e.Refusal,
        TaskNotFoundException e => new(ErrorCodes.TaskNotFound, e.Message),
        GridUnavailableException { Code: ErrorCodes.StoreUnavailable } => new(ErrorCodes.StoreUnavailable, "The store does not answer. Send the request again, with the same id."),
        GridUnavailableException { Code: ErrorCodes.StoreFull } e => new(ErrorCodes.StoreFull, e.Message),
        GridUnavailableException => new(ErrorCodes.GridUnavailable, "No silo answered in time. Send the request again, with the same id."),
        BadHttpRequestException e => new(ProblemStatuses.CodeOf(e.StatusCode), e.Message),
        _ => new(ApiErrorCodes.InternalError, "The server made a mistake. Its log has the details."),
    };

    [LoggerMessage(LogLevel.Error, "{Method} {Path} failed")]
    private partial void LogUnforeseen(Exception exception, string method, string path);
}
