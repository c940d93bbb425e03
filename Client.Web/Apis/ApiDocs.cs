using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;
using TaskGrid.Access;
using TaskGrid.Errors;
using TaskGrid.Requests;

namespace TaskGrid.Apis;

/// <summary>The OpenAPI document at <c>/openapi/v1.json</c>: what the routes' types don't say.</summary>
internal static class ApiDocs
{
    // What is read from requests, where most members may be left out, and what is answered in the same form.
    private static readonly HashSet<Type> s_requests =
    [
        typeof(SubmitRequest), typeof(SettingsRequest), typeof(TaskChange), typeof(BulkRequest), typeof(QueueSettings), typeof(Limits), typeof(KeyRequest),
        typeof(KeyRotation), typeof(DeduplicationRequest), typeof(BackoffRequest), typeof(Backoff), typeof(TaskSettings),
    ];

    public static IServiceCollection AddGridOpenApi(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new()
            {
                Title = "TaskGrid",
                Version = "v1",
                Description =
                    """
                    Hand work to the grid and ask for its result. Submit a task, and wait for its end:

                    ```
                    curl 'http://localhost:5000/api/v1/tasks?wait=10' -H 'Content-Type: application/json' -d '{"task":"add","args":{"x":2,"y":3}}'
                    ```

                    `GET /api/v1/task-types` lists the tasks that the grid runs. Errors are problem details (RFC 9457) with a stable `code`.
                    """,
            };
            // The address that the document was asked at is not the only one.
            document.Servers = [new() { Url = "/" }];
            document.Tags = new HashSet<OpenApiTag>(s_tags.Where(t => document.Tags?.Any(d => d.Name == t.Name) == true).Select(t => new OpenApiTag { Name = t.Name, Description = t.Description }));
            return Task.CompletedTask;
        });
        options.AddDocumentTransformer<KeyTransformer>();
        options.AddDocumentTransformer<ApiDescriptions>();
        options.AddOperationTransformer((operation, context, _) =>
        {
            foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>().Where(p => p.In == ParameterLocation.Path) ?? [])
            {
                var known = ApiExamples.Paths.Single(p => context.Description.RelativePath!.StartsWith(p.Route, StringComparison.Ordinal) && p.Name == parameter.Name);
                (parameter.Description, parameter.Example) = (known.Description, known.Example);
            }

            return Task.CompletedTask;
        });
        options.AddSchemaTransformer((schema, context, _) =>
        {
            if (IsAnswer(context.JsonTypeInfo))
            {
                // Answers are written with all their members, null where there is nothing.
                schema.Required = schema.Properties?.Keys.ToHashSet();
            }

            if (context.JsonTypeInfo.Type == typeof(ProblemDetails))
            {
                schema.Properties ??= new Dictionary<string, IOpenApiSchema>();
                schema.Properties[Problems.CodeMember] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "Stable, made for programs." };
                schema.Properties[Problems.FieldMember] = new OpenApiSchema { Type = JsonSchemaType.String | JsonSchemaType.Null, Description = "The part of the request that is at fault." };
                schema.Properties[Problems.ErrorMember] = new OpenApiSchema { Type = JsonSchemaType.Object | JsonSchemaType.Null, Description = "With code task_failed: the task's error, with type, message and stack." };
                schema.Properties["traceId"] = new OpenApiSchema { Type = JsonSchemaType.String | JsonSchemaType.Null, Description = "The request in the server's traces and logs." };
                schema.Properties.Remove("instance");
                schema.Examples = [JsonNode.Parse(ApiExamples.Problem)!];
            }

            if (context.JsonTypeInfo.Type == typeof(TaskSnapshot))
            {
                schema.Examples = [JsonNode.Parse(ApiExamples.Snapshot)!];
            }

            if ((Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type) == typeof(TimeSpan))
            {
                // Seconds.
                schema.Type = context.JsonTypeInfo.Type == typeof(TimeSpan) ? JsonSchemaType.Number : JsonSchemaType.Number | JsonSchemaType.Null;
            }

            if (context.JsonTypeInfo.Type == typeof(RateLimit))
            {
                (schema.Type, schema.Examples) = (JsonSchemaType.String, ["100/m burst 20"]);
            }

            if (context.JsonPropertyInfo is { Name: "maxAttempts" } && s_requests.Contains(context.JsonPropertyInfo.DeclaringType))
            {
                // Or "forever".
                schema.Type |= JsonSchemaType.String;
            }

            return Task.CompletedTask;
        });
    });

    private static readonly (string Name, string Description)[] s_tags =
    [
        ("Tasks", "Submit, list, read, cancel and retry tasks."), ("Follow", "Server-sent events: changes as they happen."), ("Queues", "What waits, and the limits that it waits for."),
        ("Workers", "Who runs tasks."), ("Bulk", "Many tasks in one operation."), ("Grid", "Health, figures and task types."), ("Keys", "API keys and the audit log."),
        ("Example", "The routes of the Flask and Celery tutorial's application."), ("Development mailbox", "What the example's mails have come to."),
    ];

    /// <summary>Shows a body that can be sent as it stands.</summary>
    public static TBuilder BodyExample<TBuilder>(this TBuilder endpoint, string json)
        where TBuilder : IEndpointConventionBuilder => endpoint.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            foreach (var content in operation.RequestBody?.Content?.Values.OfType<OpenApiMediaType>() ?? [])
            {
                content.Example = JsonNode.Parse(json);
            }

            return Task.CompletedTask;
        });

    private static bool IsAnswer(JsonTypeInfo type) =>
        type.Kind == JsonTypeInfoKind.Object && type.Type.Namespace?.StartsWith(nameof(TaskGrid), StringComparison.Ordinal) == true && !s_requests.Contains(type.Type);

    /// <summary>Documents <c>?wait=</c> and <c>Prefer: wait=</c>.</summary>
    public static TBuilder WaitParameter<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint
        .Parameter(new()
        {
            Name = WaitTime.Parameter,
            In = ParameterLocation.Query,
            Description = $"Seconds to wait for the task to become final, fractions allowed, at most {RequestLimits.MaxWaitSeconds}; default 0.",
            Schema = new OpenApiSchema { Type = JsonSchemaType.Number, Minimum = "0", Maximum = $"{RequestLimits.MaxWaitSeconds}" },
            Example = 10,
        })
        .Parameter(new()
        {
            Name = "Prefer",
            In = ParameterLocation.Header,
            Description = $"wait=SECONDS in place of ?wait= (RFC 7240): whole seconds; more than {RequestLimits.MaxWaitSeconds} are {RequestLimits.MaxWaitSeconds}.",
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        });

    /// <summary>Documents <c>If-None-Match</c>, and that it may be answered with 304.</summary>
    public static RouteHandlerBuilder TagParameter(this RouteHandlerBuilder endpoint) => endpoint
        .Produces(StatusCodes.Status304NotModified)
        .Parameter(new()
        {
            Name = "If-None-Match",
            In = ParameterLocation.Header,
            Description = "The ETag of an earlier answer: 304 without a body when it is still that one.",
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        });

    /// <summary>Documents <c>?limit=</c>.</summary>
    public static TBuilder LimitParameter<TBuilder>(this TBuilder endpoint, int limit, int most)
        where TBuilder : IEndpointConventionBuilder => endpoint
        .Parameter(new()
        {
            Name = "limit",
            In = ParameterLocation.Query,
            Description = $"How many at most; default {limit}.",
            Schema = new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "1", Maximum = $"{most}" },
        });

    /// <summary>Documents <c>?limit=</c> and <c>?cursor=</c>.</summary>
    public static TBuilder PageParameters<TBuilder>(this TBuilder endpoint, int limit, int most)
        where TBuilder : IEndpointConventionBuilder => endpoint
        .LimitParameter(limit, most)
        .Parameter(new()
        {
            Name = "cursor",
            In = ParameterLocation.Query,
            Description = "The member next of the page before; left out: the first page.",
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        });

    /// <summary>Documents the parameters of a <see cref="TaskFilter"/>.</summary>
    public static TBuilder FilterParameters<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.EventFilterParameters()
        .QueryParameter("tag", "Tasks with this tag.", new() { Type = JsonSchemaType.String })
        .QueryParameter("parent", "Tasks that the task with this id has submitted.", new() { Type = JsonSchemaType.String })
        .QueryParameter(
            "worker", "Tasks that the worker of this name runs, or whose last attempt it ran; with a * at its end, those of all workers whose names begin so.",
            new() { Type = JsonSchemaType.String, MaxLength = 200 })
        .QueryParameter("since", "Not those before this instant, of the time that the list is sorted by.", new() { Type = JsonSchemaType.String, Format = "date-time" })
        .QueryParameter("until", "Not those after this instant, of the time that the list is sorted by.", new() { Type = JsonSchemaType.String, Format = "date-time" })
        .QueryParameter("text", "Tasks with this text in their id, name, tags, headers, key, arguments or last error.", new() { Type = JsonSchemaType.String, MaxLength = 200 });

    /// <summary>Documents the part of them that events can be held against.</summary>
    public static TBuilder EventFilterParameters<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint
        .QueryParameter("state", "Tasks in this state.", new() { Type = JsonSchemaType.String, Enum = [.. Enum.GetNames<TaskState>().Select(n => (JsonNode)n)] })
        .QueryParameter("queue", "Tasks of this queue; with a * at its end, of all queues whose names begin so.", new() { Type = JsonSchemaType.String })
        .QueryParameter("task", "Tasks of this name; with a * at its end, of all names that begin so.", new() { Type = JsonSchemaType.String });

    private static TBuilder QueryParameter<TBuilder>(this TBuilder endpoint, string name, string description, OpenApiSchema schema)
        where TBuilder : IEndpointConventionBuilder => endpoint.Parameter(new() { Name = name, In = ParameterLocation.Query, Description = description, Schema = schema });

    /// <summary>Documents <c>Idempotency-Key</c>.</summary>
    public static TBuilder KeyParameter<TBuilder>(this TBuilder endpoint, string description)
        where TBuilder : IEndpointConventionBuilder => endpoint.Parameter(new()
        {
            Name = IdempotencyHeader.Name,
            In = ParameterLocation.Header,
            Description = description,
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        });

    /// <summary>Documents what a change or retry may say of itself.</summary>
    public static TBuilder TouchParameters<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint
        .KeyParameter("Under the same key it is made once, however often it is sent.")
        .Parameter(new()
        {
            Name = HeaderNames.IfMatch,
            In = ParameterLocation.Header,
            Description = "The ETag of the task as you have seen it: if it has changed since, nothing is done (412).",
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        });

    /// <summary>Documents <c>Last-Event-ID</c>.</summary>
    public static TBuilder LastEventParameter<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.Parameter(new()
        {
            Name = Events.EventPosition.Header,
            In = ParameterLocation.Header,
            Description = "The id of the last event that was seen, as an EventSource sends it by itself when it comes again.",
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        });

    // What a query may have is what the document says that it may have.
    private static TBuilder Parameter<TBuilder>(this TBuilder endpoint, OpenApiParameter parameter)
        where TBuilder : IEndpointConventionBuilder
    {
        if (parameter.In == ParameterLocation.Query)
        {
            endpoint.WithMetadata(new QueryName(parameter.Name!));
        }

        return endpoint.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.Parameters ??= [];
            operation.Parameters.Add(parameter);
            return Task.CompletedTask;
        });
    }

    /// <summary>Says how a key is brought, where one is asked for.</summary>
    private sealed class KeyTransformer(IOptions<AccessOptions> access) : IOpenApiDocumentTransformer
    {
        private const string Name = "key";
        private const string HeaderName = "keyHeader";

        public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
        {
            if (access.Value.IsClosed)
            {
                document.Components ??= new();
                document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
                document.Components.SecuritySchemes[Name] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "An API key of the grid, or a token of its issuer." };
                document.Components.SecuritySchemes[HeaderName] = new OpenApiSecurityScheme { Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Header, Name = ApiKeyHandler.Header, Description = "An API key of the grid." };
                document.Security = [new() { [new OpenApiSecuritySchemeReference(Name, document)] = [] }, new() { [new OpenApiSecuritySchemeReference(HeaderName, document)] = [] }];
            }

            return Task.CompletedTask;
        }
    }
}
