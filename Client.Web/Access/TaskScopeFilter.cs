using TaskGrid.Errors;
using TaskGrid.Requests;

namespace TaskGrid.Access;

/// <summary>Lets a key that is limited to some queues or tasks reach only those, before whatever is asked of one is done.</summary>
internal sealed class TaskScopeFilter(ITaskClient tasks) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var (http, scope) = (context.HttpContext, Scope.Of(context.HttpContext.User));
        if (scope.IsEverything)
        {
            return await next(context);
        }

        var id = (string)http.Request.RouteValues["id"]!;
        if (TaskIds.Check(id) is { } badId)
        {
            return Problems.Of(badId);
        }

        return await tasks.GetHandle(id).GetSnapshotAsync(http.RequestAborted) is not { } task ? Problems.NoTask(id)
            : scope.Check(task) is { } refusal ? Problems.Of(refusal)
            : await next(context);
    }
}
