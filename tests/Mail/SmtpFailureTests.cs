using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace TaskGrid.MailTests;

public sealed class SmtpFailureTests
{
    [Theory]
    [InlineData(421, false)]
    [InlineData(450, false)]
    [InlineData(451, false)]
    [InlineData(452, false)]
    [InlineData(454, false)]
    [InlineData(500, true)]
    [InlineData(501, true)]
    [InlineData(502, true)]
    [InlineData(503, true)]
    [InlineData(504, true)]
    [InlineData(530, true)]
    [InlineData(535, true)]
    [InlineData(550, true)]
    [InlineData(551, true)]
    [InlineData(552, true)]
    [InlineData(553, true)]
    [InlineData(554, true)]
    [InlineData(555, true)]
    public void IsPermanent_TheServersStatus_Decides(int status, bool permanent)
    {
        var refused = Refused(status);

        Assert.Equal(permanent, SmtpFailure.IsPermanent(refused));
        Assert.Equal(permanent, SmtpFailure.IsPermanent(new AuthenticationException("login", refused)));
    }

    public static TheoryData<Exception, bool> Others => new()
    {
        { new SocketException((int)SocketError.ConnectionRefused), false },
        { new IOException(), false },
        { new TimeoutException(), false },
        { new SmtpProtocolException(), false },
        { new ServiceNotConnectedException(), false },
        { new OperationCanceledException(), false },
        { new AuthenticationException(), true },
        { new ServiceNotAuthenticatedException(), true },
        { new SslHandshakeException(), true },
        { new NotSupportedException(), true },
        { new ParseException("address", 0, 0), true },
    };

    [Theory]
    [MemberData(nameof(Others))]
    public void IsPermanent_WithoutAStatus_TheKindDecides(Exception failure, bool permanent) =>
        Assert.Equal(permanent, SmtpFailure.IsPermanent(failure));

    [Fact]
    public void Describe_GivesStatusAndText() =>
        Assert.Equal("The mail server refused: 550 5.1.1 nobody", SmtpFailure.Describe(Refused(550, "5.1.1 nobody")));

    private static SmtpCommandException Refused(int status, string text = "no") =>
        new(SmtpErrorCode.UnexpectedStatusCode, (SmtpStatusCode)status, text);
}
