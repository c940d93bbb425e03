using System.Net;
using System.Text;
using TaskGrid.Webhooks;

namespace TaskGrid.Unit.Webhooks;

public sealed class WebhookRulesTests
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    [Theory]
    [InlineData("https://example.com/done?x=1", true)]
    [InlineData("https://example.com:8443/", true)]
    [InlineData("https://93.184.215.14/", true)]
    [InlineData("http://example.com/", false)]
    [InlineData("http://inside.example/", true)]
    [InlineData("https://INSIDE.example:1/", true)]
    [InlineData("https://user:pw@example.com/", false)]
    [InlineData("https://example.com/#x", false)]
    [InlineData("ftp://example.com/", false)]
    [InlineData("file:///etc/passwd", false)]
    [InlineData("gopher://example.com/", false)]
    [InlineData("/done", false)]
    [InlineData("", false)]
    [InlineData("https://127.0.0.1/", false)]
    [InlineData("https://2130706433/", false)]
    [InlineData("https://0x7f.1/", false)]
    [InlineData("https://[::1]/", false)]
    [InlineData("https://[::ffff:10.0.0.1]/", false)]
    [InlineData("https://169.254.169.254/latest/meta-data", false)]
    [InlineData("https://10.1.2.3/", false)]
    public void Check_AUrl_OnlyWhatAnybodyCouldCall(string url, bool fits) =>
        Assert.Equal(fits, WebhookRules.Check(url, new() { Secrets = Secret, AllowedHosts = "other, inside.example" }) is null);

    [Fact]
    public void Check_WithoutASecret_NothingAndWhatToDo()
    {
        var refusal = WebhookRules.Check("https://example.com/", new());
        Assert.Equal(("invalid_option", "webhook"), (refusal!.Code, refusal.Field));
        Assert.Contains("TaskGrid:Webhooks:Secrets", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_OfAUrlThatIsTooLong_Nothing() => Assert.NotNull(WebhookRules.Check("https://example.com/" + new string('x', 2000), new() { Secrets = Secret }));

    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("2606:4700:4700::1111", true)]
    [InlineData("0.0.0.0", false)]
    [InlineData("10.255.255.255", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("100.128.0.1", true)]
    [InlineData("127.255.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("172.15.0.1", true)]
    [InlineData("172.31.0.1", false)]
    [InlineData("192.168.0.1", false)]
    [InlineData("198.19.0.1", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::", false)]
    [InlineData("::1", false)]
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("::ffff:8.8.8.8", true)]
    [InlineData("64:ff9b::7f00:1", false)]
    [InlineData("2002:7f00:1::", false)]
    [InlineData("fc00::1", false)]
    [InlineData("fd12::1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("ff02::1", false)]
    public void IsPublic_AnAddress_NotWhatIsInside(string address, bool isPublic) => Assert.Equal(isPublic, WebhookRules.IsPublic(IPAddress.Parse(address)));

    /// <summary>The example of the standard's own libraries.</summary>
    [Fact]
    public void Of_AKnownDelivery_TheKnownSignature() => Assert.Equal(
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        WebhookSignature.Of("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, Encoding.UTF8.GetBytes("""{"test": 2432232314}"""), new WebhookOptions { Secrets = Secret }.Keys));

    [Fact]
    public void Of_WithTwoSecrets_ASignatureOfEach() =>
        Assert.Equal(2, WebhookSignature.Of("a", 1, [], new WebhookOptions { Secrets = $"{Secret}, {Secret}" }.Keys).Split(' ').Length);

    [Theory]
    [InlineData(null, true)]
    [InlineData("", true)]
    [InlineData(Secret, true)]
    [InlineData("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", false)]
    [InlineData("whsec_c2hvcnQ=", false)]
    [InlineData("whsec_!", false)]
    [InlineData(Secret + ",x", false)]
    public void Validate_Secrets_OnlyThoseOfTheStandard(string? secrets, bool fit) => Assert.Equal(fit, !new WebhookOptions { Secrets = secrets }.Validate(new(new object())).Any());
}
