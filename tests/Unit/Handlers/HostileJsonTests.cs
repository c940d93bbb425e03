using System.Text.Json;
using System.Text.Json.Nodes;

namespace TaskGrid.Unit.Handlers;

/// <summary>Every kind of parameter against every kind of bad text: refused or taken, never an exception.</summary>
public sealed class HostileJsonTests
{
    private static readonly string s_deepArray = new string('[', 100_000) + new string(']', 100_000);
    private static readonly string s_deepObject = string.Concat(Enumerable.Repeat("{\"x\":", 100_000)) + "1" + new string('}', 100_000);

    [GridTask("whole")]
    public sealed record Whole(string X, int[]? Y = null);

    public sealed class WholeHandler : ITaskHandler<Whole>
    {
        public Task RunAsync(Whole args, TaskContext context, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    public static TheoryData<string, Delegate> Handlers => new()
    {
        { "int", (int x) => { } },
        { "long?", (long? x) => { } },
        { "double", (double x) => { } },
        { "string", (string x) => { } },
        { "JsonText", (JsonText x) => { } },
        { "JsonElement", (JsonElement x) => { } },
        { "JsonNode", (JsonNode? x) => { } },
        { "object", (object x) => { } },
        { "record", (Whole x) => { } },
        { "array", (string[] x) => { } },
        { "dictionary", (Dictionary<string, Dictionary<string, int>> x) => { } },
        { "nothing", () => { } },
    };

    public static TheoryData<string, byte[]> Texts
    {
        get
        {
            var texts = new TheoryData<string, byte[]>
            {
                { "no text", [] },
                { "invalid UTF-8 in a string", [.. "{\"x\":\""u8, 0xFF, 0xC0, .. "\"}"u8] },
                { "invalid UTF-8 in a name", [.. "{\""u8, 0xED, 0xA0, 0x80, .. "\":1}"u8] },
                { "invalid UTF-8 by position", [.. "[\""u8, 0xFF, .. "\"]"u8] },
                { "a byte order mark", [0xEF, 0xBB, 0xBF, .. "{}"u8] },
                { "NUL", [0] },
            };
            string[] plain =
            [
                s_deepArray, s_deepObject, "{\"x\":" + s_deepArray + "}", "{\"y\":" + s_deepObject + "}", new('[', 100_000), "[[", "{\"x\":", "{", "]", ",",
                "{\"x\":1,}", "[1,]", "{\"x\":1}{\"x\":1}", "[1]x", "{x:1}", "{'x':1}", "[01]", "[+1]", "[.5]", "[NaN]", "[Infinity]", "[1]//", "/**/[1]",
                "{\"\\ud800\":1}", "{\"x\":\"\\ud800\"}", "[\"\\udc00\\ud800\"]", "[\"\\ud800x\"]", "{\"x\":{\"\\ud800\":1}}", "[\"\\u0000\"]", "[\"\\x\"]", "[\"\n\"]",
                "{\"x\":1,\"x\":2}", "{\"x\":{\"a\":1,\"a\":2}}", "{\"x\":[{\"a\":1,\"a\":2}]}", "{\"\":1}", "{\"x\\u0000\":1}",
                "[1e999]", "[-1e999]", "[1e-999]", "[1e99999999999999999999]", "[-0]", $"[{new string('9', 100_000)}]", $"[0.{new string('1', 100_000)}]", "[1099511627776]",
                "{\"x\":{\"x\":\"\\ud800\"}}", "{\"x\":{\"x\":1e999}}", "{\"$type\":\"System.Object\",\"x\":1}", "{\"x\":{\"$ref\":\"1\"}}", "{\"x\":{\"$id\":\"1\"}}", "{\"__proto__\":{}}",
                "null", "true", "0", "\"\"", "{}", "[]", "[null]", "{\"x\":null}",
            ];
            foreach (var text in plain)
            {
                texts.Add(text.Length > 60 ? $"{text.AsSpan(0, 60)}… ({text.Length})" : text, System.Text.Encoding.UTF8.GetBytes(text));
            }

            return texts;
        }
    }

    [Theory]
    [MemberData(nameof(Handlers), DisableDiscoveryEnumeration = true)]
    public async Task No_text_makes_a_parameter_throw(string kind, Delegate handler)
    {
        var task = Grid.Task(handler);
        foreach (var row in Texts)
        {
            var (name, utf8) = row.Data;
            await ChecksAsBound(task, $"{kind} of {name}", new(utf8));
        }
    }

    [Fact]
    public void No_text_makes_whole_args_throw()
    {
        var task = Grid.Task<Whole, WholeHandler>();
        foreach (var row in Texts)
        {
            var refusal = task.Check(new(row.Data.Item2));
            Assert.True(refusal is null or { Code: ErrorCodes.InvalidArguments, Message.Length: < 1000, Field: ['a', 'r', 'g', 's', ..] }, $"{row.Data.Item1}: {refusal}");
        }
    }

    [Theory]
    [InlineData("{\"x\":\"\\ud800\"}", "args.x", "is not valid Unicode text")]
    [InlineData("{\"\\ud800\":1}", "args", "is not valid JSON")]
    [InlineData("{\"x\":\"a\"", "args", "is not valid JSON")]
    [InlineData("{\"x\":\"a\"}}", "args", "is not valid JSON")]
    public async Task What_is_not_readable_is_said(string args, string field, string message)
    {
        var refusal = await Grid.Task((string x) => x).RefusalAsync(args);

        Assert.Equal(field, refusal.Field);
        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(63, true)]
    [InlineData(64, false)]
    public void Values_may_be_nested_64_levels_deep_with_the_args_themselves(int depth, bool fits)
    {
        var args = Grid.Json($"[{new string('[', depth)}{new string(']', depth)}]");

        Assert.Equal(fits, Grid.Task((JsonText x) => { }).Check(args) is null);
        Assert.Equal(fits, Grid.Task((JsonElement x) => { }).Check(args) is null);
        Assert.Equal(fits ? null : "args is not valid JSON, or is nested deeper than 64 levels.", Grid.Task((JsonNode x) => { }).Check(args)?.Message);
    }

    private static async Task ChecksAsBound(TaskGrid.Handlers.TaskRegistration task, string what, JsonText args)
    {
        var refusal = task.Check(args);
        Assert.True(refusal is null or { Code: ErrorCodes.InvalidArguments, Message.Length: < 1000, Field: ['a', 'r', 'g', 's', ..] }, $"{what}: {refusal}");
        if (refusal is not null)
        {
            await task.RefusalAsync(args);
        }
    }
}
