namespace TaskGrid;

/// <summary>Code around every attempt, inside of its service scope.</summary>
public interface ITaskMiddleware
{
    /// <summary>
    /// Calls <paramref name="next"/>, which returns when the handler has returned and throws what it threw:
    /// <see cref="TaskControlException"/> where the handler says itself what its attempt comes to, and usually
    /// <see cref="OperationCanceledException"/> when its token has fired. An exception that leaves here is the attempt's, and a return is its
    /// success, with <see cref="TaskExecution.Result"/>, whether the handler was run or not.
    /// </summary>
    Task InvokeAsync(TaskExecution execution, TaskExecutionDelegate next);
}
