using TaskGrid.Errors;

namespace TaskGrid.Requests;

/// <summary>A parameter that an endpoint's query may have.</summary>
/// <param name="Name">Its name.</param>
internal sealed record QueryName(string Name);

/// <summary>Refuses parameters that an endpoint does not have: a filter that is misspelt would be one that is not there.</summary>
internal sealed class QueryNameFilter : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        string[] known = [.. http.GetEndpoint()!.Metadata.GetOrderedMetadata<QueryName>().Select(q => q.Name)];
        return QueryValues.CheckNames(http.Request.Query, known) is { } refusal ? Problems.Of(refusal) : await next(context);
    }
}
