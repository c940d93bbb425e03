namespace TaskGrid.Tasks;

public sealed class ContentHashTests
{
    private static readonly TaskSubmission s_add = Submission("add", """{"x":1,"y":[2,{"a":3,"b":null}]}""");

    [Theory]
    [InlineData("""{"y":[2,{"b":null,"a":3}],"x":1}""")]
    [InlineData("""{ "x" : 1 , "y" : [ 2, { "a": 3, "b": null } ] }""")]
    [InlineData("""{"\u0078":1,"y":[2,{"a":3,"b":null}]}""")]
    public void Of_TheSameContentWrittenDifferently_IsTheSame(string args) =>
        Assert.Equal(ContentHash.Of(s_add), ContentHash.Of(Submission("add", args)));

    [Theory]
    [InlineData("""{"x":1,"y":[{"a":3,"b":null},2]}""")]
    [InlineData("""{"x":2,"y":[2,{"a":3,"b":null}]}""")]
    [InlineData("""{"x":"1","y":[2,{"a":3,"b":null}]}""")]
    [InlineData("""[1,2]""")]
    public void Of_OtherArguments_Differs(string args) =>
        Assert.NotEqual(ContentHash.Of(s_add), ContentHash.Of(Submission("add", args)));

    [Fact]
    public void Of_OtherNameOrOptions_Differs()
    {
        var all = new[]
        {
            s_add, s_add with { Task = "sub" }, s_add with { Options = new() { Queue = "q" } }, s_add with { Options = new() { Priority = 1 } },
            s_add with { Options = new() { Delay = TimeSpan.FromSeconds(1) } }, s_add with { Options = new() { DueAt = DateTimeOffset.UnixEpoch } },
            s_add with { Options = new() { MaxAttempts = 1 } },
        };
        Assert.Equal(all.Length, all.Select(ContentHash.Of).Distinct().Count());
    }

    [Fact]
    public void Of_AnotherId_IsTheSame() =>
        Assert.Equal(ContentHash.Of(s_add), ContentHash.Of(s_add with { Options = new() { Id = "other" } }));

    private static TaskSubmission Submission(string task, string args) => new(task, new(System.Text.Encoding.UTF8.GetBytes(args)), new());
}
