using System.Collections.Frozen;

namespace TaskGrid.Errors;

/// <summary>The one place that says which HTTP status a code is answered with.</summary>
internal static class ProblemStatuses
{
    private static readonly FrozenDictionary<string, int> s_statuses = new Dictionary<string, int>
    {
        // Can't be read.
        [ApiErrorCodes.InvalidJson] = StatusCodes.Status400BadRequest,
        [ApiErrorCodes.UnknownField] = StatusCodes.Status400BadRequest,
        [ApiErrorCodes.InvalidRequest] = StatusCodes.Status400BadRequest,
        [ErrorCodes.InvalidId] = StatusCodes.Status400BadRequest,
        [ErrorCodes.InvalidTaskName] = StatusCodes.Status400BadRequest,

        [ApiErrorCodes.InvalidHost] = StatusCodes.Status400BadRequest,

        // Not by whoever asks.
        [ApiErrorCodes.Unauthenticated] = StatusCodes.Status401Unauthorized,
        [ApiErrorCodes.Forbidden] = StatusCodes.Status403Forbidden,
        [ApiErrorCodes.TooManyRequests] = StatusCodes.Status429TooManyRequests,

        // Can be read, but not be done.
        [ErrorCodes.UnknownTask] = StatusCodes.Status422UnprocessableEntity,
        [ErrorCodes.InvalidArguments] = StatusCodes.Status422UnprocessableEntity,
        [ErrorCodes.InvalidQueue] = StatusCodes.Status422UnprocessableEntity,
        [ErrorCodes.InvalidPriority] = StatusCodes.Status422UnprocessableEntity,
        [ErrorCodes.InvalidDelay] = StatusCodes.Status422UnprocessableEntity,
        [ErrorCodes.InvalidMaxAttempts] = StatusCodes.Status422UnprocessableEntity,
        [ErrorCodes.InvalidOption] = StatusCodes.Status422UnprocessableEntity,
        [ErrorCodes.IdempotencyKeyReused] = StatusCodes.Status422UnprocessableEntity,
        [ApiErrorCodes.InvalidAddress] = StatusCodes.Status422UnprocessableEntity,
        [ApiErrorCodes.BatchTooLarge] = StatusCodes.Status422UnprocessableEntity,

        [ErrorCodes.TaskNotFound] = StatusCodes.Status404NotFound,
        [ApiErrorCodes.NotFound] = StatusCodes.Status404NotFound,
        [ApiErrorCodes.MethodNotAllowed] = StatusCodes.Status405MethodNotAllowed,
        [ApiErrorCodes.RequestTimeout] = StatusCodes.Status408RequestTimeout,
        [ErrorCodes.TaskExists] = StatusCodes.Status409Conflict,
        [ErrorCodes.Duplicate] = StatusCodes.Status409Conflict,
        [ApiErrorCodes.AlreadyFinished] = StatusCodes.Status409Conflict,
        [ApiErrorCodes.TaskRunning] = StatusCodes.Status409Conflict,
        [ApiErrorCodes.NotFinished] = StatusCodes.Status409Conflict,
        [ApiErrorCodes.NotFailed] = StatusCodes.Status409Conflict,
        [ApiErrorCodes.AccessOpen] = StatusCodes.Status409Conflict,
        [ErrorCodes.TooManyKeys] = StatusCodes.Status409Conflict,
        [ApiErrorCodes.TaskFailed] = StatusCodes.Status409Conflict,
        [ApiErrorCodes.TaskCancelled] = StatusCodes.Status409Conflict,
        [ApiErrorCodes.PreconditionFailed] = StatusCodes.Status412PreconditionFailed,
        [ErrorCodes.ArgumentsTooLarge] = StatusCodes.Status413PayloadTooLarge,
        [ApiErrorCodes.PayloadTooLarge] = StatusCodes.Status413PayloadTooLarge,
        [ApiErrorCodes.UnsupportedMediaType] = StatusCodes.Status415UnsupportedMediaType,

        [ErrorCodes.StoreUnavailable] = StatusCodes.Status503ServiceUnavailable,
        [ErrorCodes.StoreFull] = StatusCodes.Status503ServiceUnavailable,
        [ErrorCodes.StoreUnsafe] = StatusCodes.Status503ServiceUnavailable,
        [ErrorCodes.GridUnavailable] = StatusCodes.Status503ServiceUnavailable,

        // Errors of tasks: they are part of a snapshot, whose status is 200.
        [ErrorCodes.WorkerCrash] = StatusCodes.Status200OK,
        [ErrorCodes.Interrupted] = StatusCodes.Status200OK,
        [ErrorCodes.TimeLimitExceeded] = StatusCodes.Status200OK,
        [ErrorCodes.DeadlineExceeded] = StatusCodes.Status200OK,
        [ErrorCodes.HeartbeatTimeout] = StatusCodes.Status200OK,
        [ErrorCodes.ResultTooLarge] = StatusCodes.Status200OK,
        [ErrorCodes.ResultNotSerializable] = StatusCodes.Status200OK,

        [ApiErrorCodes.InternalError] = StatusCodes.Status500InternalServerError,
    }.ToFrozenDictionary();

    /// <summary>The codes that have a status.</summary>
    public static IEnumerable<string> Codes => s_statuses.Keys;

    /// <summary>The status of a code.</summary>
    /// <exception cref="KeyNotFoundException">The code was forgotten here.</exception>
    public static int Of(string code) => s_statuses[code];

    /// <summary>The code of an error that ASP.NET found by itself, and knows as a status only.</summary>
    public static string CodeOf(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => ApiErrorCodes.Unauthenticated,
        StatusCodes.Status403Forbidden => ApiErrorCodes.Forbidden,
        StatusCodes.Status404NotFound => ApiErrorCodes.NotFound,
        StatusCodes.Status405MethodNotAllowed => ApiErrorCodes.MethodNotAllowed,
        StatusCodes.Status408RequestTimeout => ApiErrorCodes.RequestTimeout,
        StatusCodes.Status413PayloadTooLarge => ApiErrorCodes.PayloadTooLarge,
        StatusCodes.Status415UnsupportedMediaType => ApiErrorCodes.UnsupportedMediaType,
        < StatusCodes.Status500InternalServerError => ApiErrorCodes.InvalidRequest,
        _ => ApiErrorCodes.InternalError,
    };
}
