using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace TaskGrid.Unit.Handlers;

/// <summary>Args that fit: what the handler gets of them.</summary>
public sealed class BindingTests
{
    public enum Plain { Zero, One }

    [JsonConverter(typeof(JsonStringEnumConverter<Named>))]
    public enum Named { Low, High }

    public sealed record Line(string Sku, int Count = 1);

    public sealed record Order(string Id, IReadOnlyList<Line> Lines, string? Note = null);

    public readonly record struct Point(int X, int Y);

    public static TheoryData<Delegate, string, string> Fitting => new()
    {
        // by name, in any order, and by position
        { (int x, int y) => x - y, """{"x":5,"y":3}""", "2" },
        { (int x, int y) => x - y, """{"y":3,"x":5}""", "2" },
        { (int x, int y) => x - y, "[5,3]", "2" },
        { (int x, int y) => x - y, " \r\n[ 5 ,\t3 ] ", "2" },
        { (int x) => x, """{"\u0078":5}""", "5" },
        { (string größe) => größe, """{"größe":"ü"}""", "\"ü\"" },
        { () => 1, "{}", "1" },
        { () => 1, "[]", "1" },

        // defaults
        { (int x, int y = 7) => x - y, """{"x":5}""", "-2" },
        { (int x, int y = 7) => x - y, "[5]", "-2" },
        { (int x, int y = 7) => x - y, "[5,1]", "4" },
        { (int x = 1, int y = 7) => x - y, """{"y":2}""", "-1" },
        { (string s = "a", decimal d = 1.5m, bool b = true) => $"{s}{d}{b}", "{}", "\"a1.5True\"" },
        { (Guid g = default) => g, "[]", "\"00000000-0000-0000-0000-000000000000\"" },
        { (Point p = default) => p.X, "[]", "0" },
        { (Plain p = Plain.One) => p, "[]", "1" },
        { (Plain? p = Plain.One) => p, "[]", "1" },
        { (int? x = 4) => x, "[]", "4" },
        { (int? x = null) => x, "[]", "null" },
        { (string? s = null) => s, "{}", "null" },

        // nullable: null is a value
        { (int? x) => x, """{"x":null}""", "null" },
        { (int? x) => x, "[5]", "5" },
        { (int? x = 4) => x, "[null]", "null" },
        { (string? s) => s ?? "none", "[null]", "\"none\"" },
        { (Order? o) => o is null, "[null]", "true" },
        { (Point? p) => p is null, "[null]", "true" },
        { (Point? p) => p!.Value.Y, """[{"x":1,"y":2}]""", "2" },

        // every scalar
        { (bool b) => b, "[true]", "true" },
        { (byte b) => b, "[255]", "255" },
        { (long n) => n, "[9007199254740993]", "9007199254740993" },
        { (long n) => n, "[9223372036854775807]", "9223372036854775807" },
        { (long n) => n, """{"n":-9223372036854775808}""", "-9223372036854775808" },
        { (ulong n) => n, "[18446744073709551615]", "18446744073709551615" },
        { (decimal d) => d, "[79228162514264337593543950335]", "79228162514264337593543950335" },
        { (double d) => d, "[1.7976931348623157e308]", "1.7976931348623157E+308" },
        { (double d) => d, "[1e-999]", "0" },
        { (double? d) => d, "[0.1]", "0.1" },
        { (float f) => f, "[0.1]", "0.1" },
        { (char c) => c, "[\"x\"]", "\"x\"" },
        { (string s) => s, "[\"\"]", "\"\"" },
        { (string s) => s.Length, """["\ud83d\ude00"]""", "2" },
        { (Guid g) => g, "[\"6f9619ff-8b86-d011-b42d-00c04fc964ff\"]", "\"6f9619ff-8b86-d011-b42d-00c04fc964ff\"" },
        { (DateTimeOffset at) => at, "[\"2026-01-02T03:04:05+01:00\"]", "\"2026-01-02T03:04:05+01:00\"" },
        { (TimeSpan t) => t.TotalMinutes, "[\"01:30:00\"]", "90" },
        { (Plain p) => p, "[1]", "1" },
        { (Named n) => n, "[\"High\"]", "\"High\"" },
        { (byte[] b) => b.Length, "[\"AQID\"]", "3" },

        // complex, bound by the parameter's name even when it is the only one
        { (Order order) => order.Lines[0].Count, """{"order":{"id":"a","lines":[{"sku":"s"}]}}""", "1" },
        { (Order order) => order.Lines[1], """[{"lines":[{"sku":"s"},{"sku":"t","count":4}],"id":"a"}]""", """{"sku":"t","count":4}""" },
        { (int[] xs) => xs.Sum(), """{"xs":[1,2,3]}""", "6" },
        { (int[] xs) => xs.Sum(), "[[1,2,3]]", "6" },
        { (IEnumerable<int> xs) => xs.Sum(), "[[1,2,3]]", "6" },
        { (params string[] xs) => xs.Length, "[[\"a\",\"b\"]]", "2" },
        { (Dictionary<string, int> map) => map["b"], """{"map":{"a":1,"b":2}}""", "2" },

        // anything
        { (JsonText any) => any, """[{"a":1e999,  "b":[null,"\ud800"]}]""", """{"a":1e999,  "b":[null,"\ud800"]}""" },
        { (JsonText any) => any.IsNull, """{"any":null}""", "true" },
        { (JsonText? any) => any, "[3]", "3" },
        { (JsonElement any) => any.ValueKind.ToString(), "[null]", "\"Null\"" },
        { (JsonElement any) => any, "[[1.50,{}]]", "[1.50,{}]" },
        { (JsonNode any) => any["a"], """{"any":{"a":[1]}}""", "[1]" },
        { (JsonNode? any) => any, "[null]", "null" },
        { (object any) => any, "[9007199254740993]", "9007199254740993" },
    };

    [Theory]
    [MemberData(nameof(Fitting), DisableDiscoveryEnumeration = true)]
    public async Task Args_that_fit_reach_the_handler(Delegate handler, string args, string result) =>
        Assert.Equal(result, await Grid.RunAsync(handler, args));

    [Fact]
    public async Task A_method_group_binds_by_the_methods_parameter_names() =>
        Assert.Equal("6", await Grid.RunAsync(Twice, """{"number":3}"""));

    [Fact]
    public async Task A_delegate_closed_over_its_first_argument_binds_the_others() =>
        Assert.Equal("\"ab\"", await Grid.RunAsync((Func<string, string>)"a".Followed, """{"by":"b"}"""));

    [Fact]
    public async Task More_parameters_than_any_Func_has_bind()
    {
        var handler = (int a, int b, int c, int d, int e, int f, int g, int h, int i, int j, int k, int l, int m, int n, int o, int p, int q, int r) => a + r;

        Assert.Equal("19", await Grid.RunAsync(handler, "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18]"));
    }

    private static int Twice(int number) => 2 * number;
}

internal static class Texts
{
    public static string Followed(this string text, string by) => text + by;
}
