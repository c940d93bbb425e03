using Microsoft.AspNetCore.Mvc;
using Microsoft.OpenApi;
using TaskGrid.Errors;
using TaskGrid.Requests;

namespace TaskGrid.Apis;

/// <summary>The OpenAPI document at <c>/openapi/v1.json</c>: what the routes' types don't say.</summary>
internal static class ApiDocs
{
    public static IServiceCollection AddGridOpenApi(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new()
            {
                Title = "TaskGrid",
                Version = "v1",
                Description = "Hand work to the grid and ask for its result. Errors are problem details (RFC 9457) with a stable code.",
            };
            // The address that the document was asked at is not the only one.
            document.Servers = [];
            return Task.CompletedTask;
        });
        options.AddSchemaTransformer((schema, context, _) =>
        {
            if (context.JsonTypeInfo.Type == typeof(ProblemDetails))
            {
                schema.Properties ??= new Dictionary<string, IOpenApiSchema>();
                schema.Properties[Problems.CodeMember] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "Stable, made for programs." };
                schema.Properties[Problems.FieldMember] = new OpenApiSchema { Type = JsonSchemaType.String | JsonSchemaType.Null, Description = "The part of the request that is at fault." };
            }

            return Task.CompletedTask;
        });
    });

    /// <summary>Documents <c>?wait=</c>.</summary>
    public static TBuilder WaitParameter<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.AddOpenApiOperationTransformer((operation, _, _) =>
    {
        operation.Parameters ??= [];
        operation.Parameters.Add(new OpenApiParameter
        {
            Name = WaitTime.Parameter,
            In = ParameterLocation.Query,
            Description = $"Seconds to wait for the task to become final, fractions allowed, at most {RequestLimits.MaxWaitSeconds}; default 0.",
            Schema = new OpenApiSchema { Type = JsonSchemaType.Number, Minimum = "0", Maximum = $"{RequestLimits.MaxWaitSeconds}" },
        });
        return Task.CompletedTask;
    });
}
