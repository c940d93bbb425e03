using TaskGrid.Errors;

namespace TaskGrid.Access;

/// <summary>Keeps a key that is limited to some queues or tasks from what concerns all.</summary>
internal sealed class WholeGridFilter : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        Scope.Of(context.HttpContext.User).CheckWhole() is { } refusal ? Problems.Of(refusal) : await next(context);
}
