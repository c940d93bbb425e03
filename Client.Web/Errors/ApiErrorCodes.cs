namespace TaskGrid.Errors;

/// <summary>The stable codes that only HTTP knows, beside <see cref="ErrorCodes"/>.</summary>
internal static class ApiErrorCodes
{
    /// <summary>The body is not strict JSON; the detail says where.</summary>
    public const string InvalidJson = "invalid_json";

    /// <summary>An object has a member that it should not have.</summary>
    public const string UnknownField = "unknown_field";

    /// <summary>A member, parameter or header is missing or has the wrong type.</summary>
    public const string InvalidRequest = "invalid_request";

    /// <summary>A batch has too many tasks.</summary>
    public const string BatchTooLarge = "batch_too_large";

    /// <summary>The recipient of a mail is not one plain address.</summary>
    public const string InvalidAddress = "invalid_address";

    /// <summary>The body is larger than the API takes.</summary>
    public const string PayloadTooLarge = "payload_too_large";

    /// <summary>The body is of another type, charset or encoding than the API takes.</summary>
    public const string UnsupportedMediaType = "unsupported_media_type";

    /// <summary>The task to be cancelled has succeeded or failed.</summary>
    public const string AlreadyFinished = "already_finished";

    /// <summary>The task to be changed is running.</summary>
    public const string TaskRunning = "task_running";

    /// <summary>The task to be forgotten, or whose result is asked for, is not final.</summary>
    public const string NotFinished = "not_finished";

    /// <summary>The task to be retried has not failed.</summary>
    public const string NotFailed = "not_failed";

    /// <summary>The task has another version than the one of <c>If-Match</c>.</summary>
    public const string PreconditionFailed = "precondition_failed";

    /// <summary>The task whose result is asked for has failed.</summary>
    public const string TaskFailed = "task_failed";

    /// <summary>The task whose result is asked for was cancelled.</summary>
    public const string TaskCancelled = "task_cancelled";

    /// <summary>Nobody knows whose request it is: it brings no key, or one that is none.</summary>
    public const string Unauthenticated = "unauthenticated";

    /// <summary>The key may not be used for this, or the request comes from a page of another site.</summary>
    public const string Forbidden = "forbidden";

    /// <summary>The server is asked for under a name that is not its own.</summary>
    public const string InvalidHost = "invalid_host";

    /// <summary>Nobody is asked for a key yet, so that there is none to be made.</summary>
    public const string AccessOpen = "access_open";

    /// <summary>The key has made too many requests.</summary>
    public const string TooManyRequests = "too_many_requests";

    /// <summary>There is nothing at this address.</summary>
    public const string NotFound = "not_found";

    /// <summary>What is at this address does not take this method.</summary>
    public const string MethodNotAllowed = "method_not_allowed";

    /// <summary>The request did not arrive in time.</summary>
    public const string RequestTimeout = "request_timeout";

    /// <summary>The server made a mistake; its log knows more.</summary>
    public const string InternalError = "internal_error";
}
