using System.Text;

namespace TaskGrid.Tasks;

public sealed class TaskDefinitionTests
{
    private static readonly JsonText s_args = new("""{"customer":"ada","card":"4111"}"""u8.ToArray());

    /// <summary>Byte for byte what there was before arguments could be marked: most tasks have none.</summary>
    [Fact]
    public void Encode_WithoutSensitiveArguments_SaysNothingOfThem()
    {
        Assert.Equal("{\"task\":\"charge\"}\n\n" + s_args, Encoding.UTF8.GetString(new TaskDefinition(new("charge"), s_args).Encode()));
        Assert.Equal(
            "{\"task\":\"charge\",\"settings\":{\"maxAttempts\":7}}\n{\"parentId\":\"p\"}\n" + s_args,
            Encoding.UTF8.GetString(new TaskDefinition(new("charge", new() { MaxAttempts = 7 }), s_args, new() { ParentId = "p" }).Encode()));
    }

    /// <summary>A record by itself says what to hide, whoever reads it.</summary>
    [Fact]
    public void Decode_OfSensitiveArguments_KnowsThemAndShowsTheOthers()
    {
        var stored = new TaskDefinition(new("charge", null, [new("card", 1), new("pin")]), s_args).Encode();
        Assert.StartsWith("{\"task\":\"charge\",\"sensitive\":[{\"name\":\"card\",\"position\":1},{\"name\":\"pin\"}]}\n\n", Encoding.UTF8.GetString(stored), StringComparison.Ordinal);

        var read = TaskDefinition.Decode(stored);
        Assert.Equal([new("card", 1), new("pin")], read.Header.Sensitive!);
        Assert.Equal(s_args, read.Args);
        Assert.Equal("""{"customer":"ada","card":"[hidden]"}""", read.ShownArgs.ToString());
        Assert.Equal(read.ShownArgs, new TaskRecord { Id = "a", Line = StateLine.Accepted(5, 1, 0, 1, "q", "charge", "h", "-"), Definition = read }.ToSnapshot().Args);
    }

    [Fact]
    public void Header_IsEqualToOneThatSaysTheSame()
    {
        TaskHeader plain = new("charge"), one = new("charge", null, [new("card", 1)]), same = new("charge", null, [new("card", 1)]);
        Assert.Equal((one, one.GetHashCode()), (same, same.GetHashCode()));
        Assert.All(
            (TaskHeader[])[plain, new("refund", null, [new("card", 1)]), new("charge", null, [new("card", 2)]), new("charge", null, [new("card", 1), new("pin")])],
            other => Assert.NotEqual(one, other));
        // A text of its own for each, not that of the one whose name it has.
        Assert.NotEqual(new TaskDefinition(plain, s_args).Encode(), new TaskDefinition(one, s_args).Encode());
    }
}
