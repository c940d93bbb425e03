namespace TaskGrid.MailTests;

public sealed class EmailAddressTests
{
    [Theory]
    [InlineData("ada@example.com")]
    [InlineData("Ada.Lovelace+tag@mail.example.co.uk")]
    [InlineData("ada@localhost")]
    [InlineData("\"ada, countess\"@example.com")]
    [InlineData("o'brien@example.com")]
    [InlineData("ünal@example.com")]
    [InlineData("ada@bücher.example")]
    [InlineData("ada@xn--bcher-kva.example")]
    public void Check_OnePlainAddress_IsTaken(string address) => Assert.Null(EmailAddress.Check(address));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("ada")]
    [InlineData("ada@")]
    [InlineData("@example.com")]
    [InlineData("ada@@example.com")]
    [InlineData("ada@b@example.com")]
    [InlineData("a da@example.com")]
    [InlineData("ada@exam ple.com")]
    [InlineData("ada..b@example.com")]
    [InlineData("ada@example..com")]
    [InlineData("ada@.example.com")]
    [InlineData("ada@example.com.")]
    [InlineData("ada@exa!mple.com")]
    [InlineData("ada@[127.0.0.1]")]
    [InlineData(" ada@example.com")]
    [InlineData("ada@example.com ")]
    public void Check_NoAddress_IsRefused(string? address) => Assert.NotNull(EmailAddress.Check(address));

    [Theory]
    [InlineData("ada@example.com, eve@example.com")]
    [InlineData("ada@example.com,eve@example.com")]
    [InlineData("ada@example.com;eve@example.com")]
    [InlineData("ada@example.com eve@example.com")]
    [InlineData("friends: ada@example.com;")]
    [InlineData("friends: ada@example.com, eve@example.com;")]
    [InlineData("Ada <ada@example.com>")]
    [InlineData("<ada@example.com>")]
    [InlineData("ada@example.com <eve@example.com>")]
    [InlineData("<@relay.example:ada@example.com>")]
    [InlineData("ada(eve@example.com)@example.com")]
    [InlineData("ada@example.com (eve)")]
    public void Check_MoreThanOneAddress_IsRefused(string address) => Assert.NotNull(EmailAddress.Check(address));

    [Theory]
    [InlineData("ada@example.com\r\nBcc: eve@example.com")]
    [InlineData("ada@example.com\nBcc: eve@example.com")]
    [InlineData("ada@example.com\rBcc: eve@example.com")]
    [InlineData("ada@example.com\r\n")]
    [InlineData("\"ada\r\nRCPT TO:<eve@example.com>\"@example.com")]
    [InlineData("ada@example.com\0")]
    [InlineData("a\0da@example.com")]
    [InlineData("ada@example.com\t")]
    [InlineData("ada\u200b@example.com")]
    [InlineData("ada@example.com\u2028")]
    [InlineData("\u202eada@example.com")]
    public void Check_InvisibleCharacters_AreRefused(string address) => Assert.Contains("invisible", EmailAddress.Check(address), StringComparison.Ordinal);

    [Theory]
    [InlineData(254, true)]
    [InlineData(255, false)]
    public void Check_Length_IsLimited(int length, bool taken)
    {
        var labels = string.Concat(Enumerable.Repeat("abcdefghi.", 30));
        var address = "ada@" + labels[..(length - 8)] + ".com";
        Assert.Equal(length, address.Length);

        Assert.Equal(taken, EmailAddress.Check(address.Replace("..", "x.", StringComparison.Ordinal)) is null);
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void Check_LengthBeforeTheAt_IsLimited(int length, bool taken) =>
        Assert.Equal(taken, EmailAddress.Check(new string('a', length) + "@example.com") is null);
}
