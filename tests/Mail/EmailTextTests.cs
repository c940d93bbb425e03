namespace TaskGrid.MailTests;

public sealed class EmailTextTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Grüße, Ada 🎉")]
    public void CheckSubject_OneLine_IsTaken(string? subject) => Assert.Null(EmailText.CheckSubject(subject));

    [Theory]
    [InlineData("hi\r\nBcc: eve@example.com")]
    [InlineData("hi\nBcc: eve@example.com")]
    [InlineData("hi\rthere")]
    [InlineData("hi\0")]
    public void CheckSubject_LineBreaksAndNul_AreRefused(string subject) => Assert.NotNull(EmailText.CheckSubject(subject));

    [Fact]
    public void CheckSubject_TooLong_IsRefused()
    {
        Assert.Null(EmailText.CheckSubject(new('s', 255)));
        Assert.NotNull(EmailText.CheckSubject(new('s', 256)));
    }

    [Fact]
    public void CheckContent_IsLimitedInBytes()
    {
        Assert.Null(EmailText.CheckContent(new('c', 256 * 1024)));
        Assert.NotNull(EmailText.CheckContent(new('c', (256 * 1024) + 1)));
        Assert.NotNull(EmailText.CheckContent(new('é', (128 * 1024) + 1)));
        Assert.NotNull(EmailText.CheckContent(null));
    }
}
