using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using TaskGrid.Handlers;

namespace TaskGrid.Unit.Handlers;

public sealed class TaskSchemaTests
{
    private sealed record Node(string Name, Node? Next);

    private sealed record Order(int Number, string? Note = null, IReadOnlyList<string>? Lines = null);

    private sealed record Charge(string Customer, [Sensitive] string? Card, Order Order, [property: Sensitive] JsonNode? Any = null);

    private sealed class ChargeHandler : ITaskHandler<Charge>
    {
        public Task RunAsync(Charge args, TaskContext context, CancellationToken cancellationToken) => Task.CompletedTask;
    }

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

    /// <summary>Standard JSON Schema for what can be sent and is not shown.</summary>
    [Fact]
    public void ArgsSchema_OfSensitiveParameters_SaysThatTheyAreNotShown() => Same(
        """
        {"type":"object","properties":{"customer":{"type":"string"},"card":{"type":["string","null"],"writeOnly":true},"any":{"writeOnly":true}},
         "required":["customer","card","any"],"additionalProperties":false}
        """,
        Register((string customer, [Sensitive] string? card, [Sensitive] JsonText any) => 1).ArgsSchema);

    [Fact]
    public void ArgsSchema_OfSensitiveMembers_SaysThatTheyAreNotShown()
    {
        var members = HandlerTask.Register<Charge, ChargeHandler>("charge", new()).ArgsSchema["properties"]!.AsObject();
        Assert.Equal(["card", "any"], members.Where(m => m.Value is JsonObject schema && schema.ContainsKey("writeOnly")).Select(m => m.Key));
        Same("""{"type":["string","null"],"writeOnly":true}""", members["card"]!);
        // Results are shown.
        Assert.DoesNotContain("writeOnly", Register((int x) => new Charge("ada", null, new(1))).ResultSchema!.ToJsonString(), StringComparison.Ordinal);
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
