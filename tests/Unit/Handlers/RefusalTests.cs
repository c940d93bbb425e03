using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace TaskGrid.Unit.Handlers;

/// <summary>Args that do not fit: which field is named, and what the message says of it.</summary>
public sealed class RefusalTests
{
    [JsonConverter(typeof(JsonStringEnumConverter<Level>))]
    public enum Level { Low, High }

    public sealed record Line(string Sku, int Count);

    public sealed record Order(string Id, IReadOnlyList<Line> Lines, double Weight = 1);

    public sealed record Address
    {
        public Address(string value) => Value = value.Contains('@', StringComparison.Ordinal) ? value : throw new ArgumentException("an address needs an @");

        public string Value { get; }
    }

    public static TheoryData<Delegate, string, string, string> Unfitting => new()
    {
        // neither object nor array
        { (int x) => x, "null", "args", "must be an object (by name) or an array (by position), not null" },
        { (int x) => x, "5", "args", "not 5" },
        { (int x) => x, "\"x\"", "args", "not this string" },
        { (int x) => x, "true", "args", "not true" },

        // missing
        { (int x, int y) => x, """{"x":1}""", "args.y", "args.y is missing; it must be an integer from -2147483648 to 2147483647" },
        { (int x, int y) => x, "[1]", "args[1]", "args[1] (y) is missing; it must be an integer" },
        { (int x, int y = 2) => x, "{}", "args.x", "missing" },
        { (int? x) => x, "{}", "args.x", "missing" },
        { (string? s) => s, "[]", "args[0]", "missing; it must be a string" },
        { (Order order) => order, "{}", "args.order", "missing; it must be an object" },
        { (int x, int y) => x, """{"x":1,"Y":1}""", "args.Y", "is unknown" },

        // too much
        { (int x) => x, """{"x":1,"z":2}""", "args.z", "args.z is unknown; the task takes x." },
        { (int x, int y) => x, "[1,2,3]", "args[2]", "args[2] is one too many; the task takes x, y." },
        { () => 1, "[1]", "args[0]", "the task takes none" },
        { () => 1, """{"x":1}""", "args.x", "the task takes none" },
        { (int x) => x, """{"x":1,"x":1}""", "args.x", "given twice" },
        { (int x) => x, """{"x":1,"\u0078":2}""", "args.x", "given twice" },
        { (CancellationToken token) => 1, """{"token":1}""", "args.token", "is unknown" },

        // wrong type
        { (int x) => x, """{"x":"1"}""", "args.x", "must be an integer from -2147483648 to 2147483647, not this string" },
        { (int x) => x, "[1.5]", "args[0]", "args[0] (x) must be an integer from -2147483648 to 2147483647, not 1.5" },
        { (int x) => x, "[[1]]", "args[0]", "not an array" },
        { (int x) => x, """[{"x":1}]""", "args[0]", "not an object" },
        { (int x) => x, "[true]", "args[0]", "not true" },
        { (string s) => s, "[1]", "args[0]", "must be a string, not 1" },
        { (bool b) => b, "[0]", "args[0]", "must be true or false, not 0" },
        { (char c) => c, "[\"ab\"]", "args[0]", "must be a string of one character" },
        { (Guid id) => id, "[\"x\"]", "args[0]", "must be a UUID" },
        { (DateTime at) => at, "[\"tomorrow\"]", "args[0]", "must be a date and time" },
        { (TimeSpan span) => span, "[5]", "args[0]", "must be a duration" },
        { (Level level) => level, "[\"Middle\"]", "args[0]", "must be one of Low, High" },
        { (DayOfWeek day) => day, "[\"Monday\"]", "args[0]", "must be an integer" },
        { (byte[] bytes) => bytes, "[\"*\"]", "args[0]", "base64" },
        { (int[] xs) => xs, """{"xs":1}""", "args.xs", "must be an array, not 1" },
        { (Order order) => order, """{"order":[]}""", "args.order", "must be an object, not an array" },
        { (JsonObject any) => any, "[[]]", "args[0]", "args[0] (any) was refused" },

        // out of range
        { (int x) => x, "[1099511627776]", "args[0]", "not 1099511627776" },
        { (int x) => x, "[1e999]", "args[0]", "not 1e999" },
        { (byte b) => b, "[-1]", "args[0]", "must be an integer from 0 to 255, not -1" },
        { (long n) => n, "[9223372036854775808]", "args[0]", "not 9223372036854775808" },
        { (decimal d) => d, "[1e999]", "args[0]", "must be a number from -79228162514264337593543950335 to" },
        { (double d) => d, """{"d":1e999}""", "args.d", "must be a number from -1.7976931348623157E+308 to 1.7976931348623157E+308, not 1e999" },
        { (double? d) => d, "[-1e999]", "args[0]", "not -1e999" },
        { (float f) => f, "[1e39]", "args[0]", "must be a number" },
        { (Half h) => (double)h, "[70000]", "args[0]", "must be a number" },
        { (double d) => d, "[\"NaN\"]", "args[0]", "must be a number" },
        { (double[] ds) => ds, "[[1,1e999]]", "args[0][1]", "not 1e999" },

        // null
        { (int x) => x, "[null]", "args[0]", "not null" },
        { (string s) => s, """{"s":null}""", "args.s", "must be a string, not null" },
        { (string s = "a") => s, """{"s":null}""", "args.s", "not null" },
        { (Order order) => order, "[null]", "args[0]", "must be an object, not null" },
        { (JsonNode node) => node, "[null]", "args[0]", "must be a value, not null" },

        // inside a parameter
        { (Order order) => order, """{"order":{"id":"a"}}""", "args.order.lines", "missing; it must be an array" },
        { (Order order) => order, """{"order":{"id":"a","lines":[{"sku":"s","count":1},{"sku":"s","count":"1"}]}}""", "args.order.lines[1].count", "must be an integer" },
        { (Order order) => order, """[{"id":"a","lines":[{"sku":"s"}]}]""", "args[0].lines[0].count", "missing" },
        { (Order order) => order, """{"order":{"id":null,"lines":[]}}""", "args.order.id", "must be a string, not null" },
        { (Order order) => order, """{"order":{"id":"a","lines":null}}""", "args.order.lines", "must be an array, not null" },
        { (Order order) => order, """{"order":{"id":"a","lines":[],"Id":"b"}}""", "args.order.Id", "is unknown; the task takes id, lines, weight." },
        { (Order order) => order, """{"order":{"id":"a","id":"a","lines":[]}}""", "args.order.id", "given twice" },
        { (Order order) => order, """{"order":{"id":"a","lines":[],"weight":1e999}}""", "args.order.weight", "not 1e999" },
        { (Dictionary<string, int> map) => map, """{"map":{"a":1,"b":"x"}}""", "args.map.b", "must be an integer" },
        { (Dictionary<string, int> map) => map, """{"map":{"a":1,"a":2}}""", "args.map.a", "given twice" },
        { (Address to) => to, """{"to":{"value":"ada"}}""", "args.to", "args.to was refused: an address needs an @" },
    };

    [Theory]
    [MemberData(nameof(Unfitting), DisableDiscoveryEnumeration = true)]
    public async Task Args_that_do_not_fit_are_refused_by_field(Delegate handler, string args, string field, string message)
    {
        var refusal = await Grid.Task(handler).RefusalAsync(args);

        Assert.Equal(field, refusal.Field);
        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_never_names_CLR_types()
    {
        var task = Grid.Task((Order order, int x, Level level) => x);

        foreach (var args in new[] { "[1]", """[{"id":1}]""", """[{"id":"a","lines":[]},"x"]""", """[{"id":"a","lines":[]},1,"x"]""" })
        {
            var refusal = await task.RefusalAsync(args);
            Assert.DoesNotContain("System.", refusal.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(nameof(Order), refusal.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_refusal_stays_short_whatever_was_given()
    {
        var task = Grid.Task((int x) => x);

        Assert.InRange((await task.RefusalAsync($$"""{"{{new string('n', 100_000)}}":1}""")).Message.Length, 1, 500);
        Assert.InRange((await task.RefusalAsync($"[{new string('9', 100_000)}]")).Message.Length, 1, 500);
        Assert.InRange((await task.RefusalAsync($"[\"{new string('s', 100_000)}\"]")).Message.Length, 1, 500);
    }
}
