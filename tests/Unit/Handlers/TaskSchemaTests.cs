using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using TaskGrid.Handlers;

namespace TaskGrid.Unit.Handlers;

public sealed class TaskSchemaTests
{
    private sealed record Node(string Name, Node? Next);

    private sealed record Order(int Number, string? Note = null, IReadOnlyList<string>? Lines = null);

    private sealed class OrderHandler : ITaskHandler<Order, decimal>
    {
        public Task<decimal> RunAsync(Order args, TaskContext context, CancellationToken cancellationToken) => Task.FromResult(1m);
    }

    [Fact]
    public void ArgsSchema_OfADelegate_HasItsParametersAndNoServices()
    {
        var task = Register((int count, string? note, double share = 0.5, TaskContext? context = null, CancellationToken stop = default) => Task.CompletedTask);
        Same(
            """
            {"type":"object","properties":{"count":{"type":"integer"},"note":{"type":["string","null"]},"share":{"type":"number"}},
             "required":["count","note"],"additionalProperties":false}
            """,
            task.ArgsSchema);
        Assert.Null(task.ResultSchema);
    }

    [Fact]
    public void ArgsSchema_OfARecursiveParameter_RefersToItsOwnPlace()
    {
        var schema = Register((Node list) => 1).ArgsSchema;
        Assert.Contains("\"$ref\":\"#/properties/list/properties/next\"", schema.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Schemas_OfAHandlerClass_AreThoseOfItsRecordAndResult()
    {
        var task = HandlerTask.Register<Order, OrderHandler>("order", new());
        Assert.Equal("integer", (string)task.ArgsSchema["properties"]!["number"]!["type"]!);
        Same("""["number"]""", task.ArgsSchema["required"]!);
        Assert.Equal("number", (string)task.ResultSchema!["type"]!);
    }

    public static TheoryData<Delegate, Type?> Handlers => new()
    {
        { () => { }, null },
        { () => Task.CompletedTask, null },
        { () => default(ValueTask), null },
        { () => Task.FromResult(1), typeof(int) },
        { () => new ValueTask<string>(""), typeof(string) },
        { () => 1L, typeof(long) },
    };

    [Theory, MemberData(nameof(Handlers))]
    public void ResultOf_AHandler_IsWhatIsAwaited(Delegate handler, Type? result) => Assert.Equal(result, HandlerCall.ResultOf(handler));

    [Fact]
    public void Of_ATypeThatNoSchemaCanBeMadeOf_IsAnything() => Same("{}", TaskSchema.Of(typeof(Action)));

    private static TaskRegistration Register(Delegate handler) =>
        DelegateTask.Register("t", new(), handler, new ServiceCollection().BuildServiceProvider().GetRequiredService<IServiceProviderIsService>());

    private static void Same(string expected, JsonNode actual) => Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), actual), actual.ToJsonString());
}
