using TaskGrid.Handlers;

namespace TaskGrid.Unit.Handlers;

public sealed class NamesTests
{
    [Theory]
    [InlineData("a", true)]
    [InlineData("send_email", true)]
    [InlineData("Send.Email-2", true)]
    [InlineData("...", true)]
    [InlineData(".", false)]
    [InlineData("..", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    [InlineData("a b", false)]
    [InlineData("a/b", false)]
    [InlineData("a{b}", false)]
    [InlineData("a\n", false)]
    [InlineData("é", false)]
    [InlineData("٣", false)]
    public void A_name_is_made_of_ascii_letters_digits_and_three_signs(string? name, bool valid)
    {
        Assert.Equal(valid, Names.IsValidTaskName(name));
        Assert.Equal(valid, Names.IsValidQueue(name));
        Assert.Equal(valid, Names.IsValidId(name));
    }

    [Theory]
    [InlineData(100, true, true)]
    [InlineData(101, false, true)]
    [InlineData(128, false, true)]
    [InlineData(129, false, false)]
    public void Names_end_at_100_characters_and_ids_at_128(int length, bool asName, bool asId)
    {
        var text = new string('x', length);

        Assert.Equal(asName, Names.IsValidTaskName(text));
        Assert.Equal(asName, Names.IsValidQueue(text));
        Assert.Equal(asId, Names.IsValidId(text));
    }
}
