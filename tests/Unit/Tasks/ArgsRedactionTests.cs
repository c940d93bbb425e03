using System.Text;

namespace TaskGrid.Tasks;

public sealed class ArgsRedactionTests
{
    /// <summary>A task that takes <c>customer</c>, <c>card</c> and <c>pin</c>, of which the last two are for its handler alone.</summary>
    private static readonly SensitiveArg[] s_cardAndPin = [new("card", 1), new("pin", 2)];

    [Theory]
    [InlineData("""{"customer":"ada","card":"4111","pin":17}""", """{"customer":"ada","card":"[hidden]","pin":"[hidden]"}""")]
    [InlineData("""{"pin":17,"customer":"ada"}""", """{"pin":"[hidden]","customer":"ada"}""")]
    [InlineData("""{"card":null}""", """{"card":"[hidden]"}""")]
    [InlineData("""{"customer":"card"}""", """{"customer":"card"}""")]
    [InlineData("""{}""", """{}""")]
    public void Hide_ByName_HidesWhatIsMarked(string args, string shown) => Assert.Equal(shown, Hide(args));

    /// <summary>Values of any kind, with whatever is in them; what lies deeper and has the name is another thing.</summary>
    [Theory]
    [InlineData("""{"card":{"number":"4111","card":{}},"customer":{"card":"a loyalty card","list":[{"pin":1}]}}""", """{"card":"[hidden]","customer":{"card":"a loyalty card","list":[{"pin":1}]}}""")]
    [InlineData("""{"card":[["4111"],{"a":"]}"}],"pin":true,"customer":[]}""", """{"card":"[hidden]","pin":"[hidden]","customer":[]}""")]
    [InlineData("""{"card":"}\"],","customer":"\\"}""", """{"card":"[hidden]","customer":"\\"}""")]
    public void Hide_OfNestedValues_HidesThemAsAWhole(string args, string shown) => Assert.Equal(shown, Hide(args));

    [Theory]
    [InlineData("""{"c\u0061rd":"4111","\u0070in":1}""", """{"c\u0061rd":"[hidden]","\u0070in":"[hidden]"}""")]
    [InlineData("""{"card":"4111","card":"4222"}""", """{"card":"[hidden]","card":"[hidden]"}""")]
    [InlineData("""{"Card":"4111","PIN":1}""", """{"Card":"[hidden]","PIN":"[hidden]"}""")]
    public void Hide_ANameWrittenOtherwise_HidesItToo(string args, string shown) => Assert.Equal(shown, Hide(args));

    /// <summary>Not read and written again: white space, numbers and escapes stay.</summary>
    [Theory]
    [InlineData(""" { "customer" : 9007199254740993 , "card" : "4111" , "x" : 1.50e+2 , "y" : "\u00e4\/" } """, """ { "customer" : 9007199254740993 , "card" : "[hidden]" , "x" : 1.50e+2 , "y" : "\u00e4\/" } """)]
    [InlineData("[ 9007199254740993 ,\t4111\r\n, 17 , 0.10 ]", "[ 9007199254740993 ,\t\"[hidden]\"\r\n, \"[hidden]\" , 0.10 ]")]
    [InlineData("""{"größe":"ß","card":"ß","b":"😀"}""", """{"größe":"ß","card":"[hidden]","b":"😀"}""")]
    public void Hide_LeavesTheTextOfAllElseAsItIs(string args, string shown) => Assert.Equal(shown, Hide(args));

    [Theory]
    [InlineData("""["ada","4111",17]""", """["ada","[hidden]","[hidden]"]""")]
    [InlineData("""["ada"]""", """["ada"]""")]
    [InlineData("""["ada",["4111",{}],null,4]""", """["ada","[hidden]","[hidden]",4]""")]
    [InlineData("[]", "[]")]
    public void Hide_ByPosition_HidesWhatIsMarked(string args, string shown) => Assert.Equal(shown, Hide(args));

    /// <summary>Where it can't be told which of it is marked.</summary>
    [Theory]
    [InlineData("\"4111\"")]
    [InlineData("17")]
    [InlineData("null")]
    [InlineData("""{"card":"4111" """)]
    [InlineData("""{"customer":1}{"card":"4111"}""")]
    [InlineData("""{"card":"4111"/* why */}""")]
    [InlineData("""{"\ud800":"4111"}""")]
    [InlineData(" ")]
    public void Hide_OfWhatCannotBeMatched_HidesAllOfIt(string args) => Assert.Equal("\"[hidden]\"", Hide(args));

    [Fact]
    public void Hide_OfTooDeepArguments_HidesAllOfThem() =>
        Assert.Equal(ArgsRedaction.Hidden, ArgsRedaction.Hide(Json($$"""{"customer":{{new string('[', 100)}}{{new string(']', 100)}},"card":1}"""), s_cardAndPin));

    /// <summary>A type whose property is no parameter of its constructor takes no array that would have it.</summary>
    [Fact]
    public void Hide_OfAnArrayInWhichAMarkedOneHasNoPlace_HidesAllOfIt()
    {
        SensitiveArg[] sensitive = [new("card", 1), new("pin")];
        Assert.Equal(ArgsRedaction.Hidden, ArgsRedaction.Hide(Json("""["ada"]"""), sensitive));
        Assert.Equal("""{"customer":"ada","pin":"[hidden]"}""", ArgsRedaction.Hide(Json("""{"customer":"ada","pin":1}"""), sensitive).ToString());
    }

    [Fact]
    public void Hide_OfWhatWasNotRead_IsThat() => Assert.Equal(0, ArgsRedaction.Hide(new([]), s_cardAndPin).Length);

    private static string Hide(string args) => ArgsRedaction.Hide(Json(args), s_cardAndPin).ToString();

    private static JsonText Json(string text) => new(Encoding.UTF8.GetBytes(text));
}
