using System.Text.Json;
using System.Text.Json.Serialization;
using TaskGrid.Tasks;
using TaskGrid.Workers;

namespace TaskGrid.Unit.Handlers;

/// <summary>What is marked <see cref="SensitiveAttribute"/>: where it is found, and what stops the start.</summary>
public sealed class SensitiveTests
{
    public sealed record Card(string Holder, [Sensitive] string Number);

    [GridTask("charge")]
    public sealed record Charge([property: JsonPropertyName("for")] string Customer, [Sensitive] string Card, [property: Sensitive] int Pin, Card? Other = null)
    {
        [Sensitive]
        public string? Note { get; init; }
    }

    [GridTask("register")]
    public sealed record Register(string Customer, [Sensitive] Card Card, [Sensitive] int Pin = 0);

    [GridTask("plain")]
    public sealed record Plain(string Customer, IReadOnlyList<Line> Lines);

    public sealed record Line(string Sku, Plain? Of = null);

    [GridTask("pay")]
    [JsonPolymorphic, JsonDerivedType(typeof(ByCard), "card"), JsonDerivedType(typeof(Cash), "cash")]
    public abstract record Payment(string Customer);

    public sealed record ByCard(string Customer, [Sensitive] string Number) : Payment(Customer);

    public sealed record Cash(string Customer, decimal Amount) : Payment(Customer);

    [GridTask("opaque"), JsonConverter(typeof(OpaqueConverter))]
    public sealed record Opaque([Sensitive] string Secret);

    [GridTask("open")]
    public sealed record Open(string Name)
    {
        [Sensitive, JsonExtensionData]
        public Dictionary<string, JsonElement>? More { get; init; }
    }

    public class Base
    {
        [Sensitive]
        public virtual string? Secret { get; set; }
    }

    [GridTask("overriding")]
    public sealed class Overriding : Base
    {
        public override string? Secret { get; set; }
    }

    public sealed class Of<TArgs> : ITaskHandler<TArgs>
    {
        public Task RunAsync(TArgs args, TaskContext context, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    public sealed class OpaqueConverter : JsonConverter<Opaque>
    {
        public override Opaque Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, Opaque value, JsonSerializerOptions options) => writer.WriteStringValue(value.Secret);
    }

    [Fact]
    public void Parameters_of_a_delegate_are_found_with_their_places() =>
        Assert.Equal([new("card", 1), new("pin", 2)], Grid.Task((string customer, TaskContext context, [Sensitive] string card, [Sensitive] int pin = 0) => { }).Sensitive);

    [Fact]
    public void A_parameter_is_hidden_as_a_whole_when_a_part_of_it_is_marked()
    {
        Assert.Equal([new("card", 1)], Grid.Task((string customer, Card card) => { }).Sensitive);
        Assert.Equal([new("cards", 0)], Grid.Task((IReadOnlyList<Card?> cards) => { }).Sensitive);
        Assert.Equal([new("cards", 0)], Grid.Task((Dictionary<string, Card[]> cards) => { }).Sensitive);
        Assert.Equal([new("payment", 0)], Grid.Task((Payment payment) => { }).Sensitive);
        Assert.Equal([new("opaque", 0)], Grid.Task((Opaque opaque) => { }).Sensitive);
    }

    /// <summary>On a parameter of the constructor or on the property; by their names in JSON.</summary>
    [Fact]
    public void Members_of_a_record_are_found_with_their_places() =>
        Assert.Equal(
            [new("card", 1), new("note"), new("other", 3), new("pin", 2)],
            Grid.Task<Charge, Of<Charge>>().Sensitive.OrderBy(s => s.Name, StringComparer.Ordinal));

    [Fact]
    public void Members_of_what_may_stand_for_a_type_are_found() => Assert.Equal([new("number")], Grid.Task<Payment, Of<Payment>>().Sensitive);

    [Fact]
    public void A_property_that_overrides_a_marked_one_is_found() => Assert.Equal([new("secret")], Grid.Task<Overriding, Of<Overriding>>().Sensitive);

    [Fact]
    public void Where_nothing_is_marked_nothing_is_announced()
    {
        var task = Grid.Task<Plain, Of<Plain>>();
        Assert.Empty(task.Sensitive);
        Assert.Null(Capabilities.Describe(task).Sensitive);
        Assert.Equal([new SensitiveArg("card", 0)], Capabilities.Describe(Grid.Task(([Sensitive] string card) => { })).Sensitive!);
    }

    [Fact]
    public async Task A_handler_gets_what_was_sent() => Assert.Equal("\"4111\"", await Grid.RunAsync(([Sensitive] string card) => card, """{"card":"4111"}"""));

    /// <summary>A task that was accepted and does not fit fails with these words.</summary>
    [Theory]
    [InlineData("""{"customer":"ada","card":{"holder":"ada","number":4111222233334444}}""", "args.card", "args.card must be an object; what it was is for the handler alone.")]
    [InlineData("""{"customer":"ada","card":{"holder":"ada","number":"x","4111222233334444":1}}""", "args.card", "must be an object")]
    [InlineData("""{"customer":"ada","card":{"holder":"ada","number":"x"},"pin":4111222233334444}""", "args.pin", "must be an integer from -2147483648 to 2147483647; what")]
    [InlineData("""["ada",{"holder":"ada","number":"x"},4111222233334444]""", "args[2]", "args[2] (pin) must be an integer")]
    [InlineData("""{"customer":4111,"card":{"holder":"ada","number":"4111222233334444"}}""", "args.customer", "must be a string, not 4111")]
    [InlineData("""{"customer":"ada"}""", "args.card", "is missing; it must be an object")]
    public async Task A_refusal_does_not_repeat_it(string args, string field, string message)
    {
        foreach (var task in new[] { Grid.Task<Register, Of<Register>>(), Grid.Task((string customer, Card card, [Sensitive] int pin = 0) => { }) })
        {
            var refusal = await task.RefusalAsync(args);
            Assert.Equal(field, refusal.Field);
            Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("4111222233334444", refusal.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_could_not_be_told_apart_stops_the_start()
    {
        var opaque = Assert.Throws<InvalidOperationException>(() => Grid.Task<Opaque, Of<Opaque>>());
        Assert.Contains("Task 'opaque' can't be registered: TaskGrid.Unit.Handlers.SensitiveTests+Opaque is not read member by member", opaque.Message, StringComparison.Ordinal);
        var open = Assert.Throws<InvalidOperationException>(() => Grid.Task<Open, Of<Open>>());
        Assert.Contains("Task 'open' can't be registered: 'more' takes members of any name", open.Message, StringComparison.OrdinalIgnoreCase);
    }
}
