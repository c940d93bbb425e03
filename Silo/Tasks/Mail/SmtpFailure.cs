using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace TaskGrid.Mail;

/// <summary>The one place that decides which failures another attempt may cure.</summary>
internal static class SmtpFailure
{
    /// <summary>
    /// Permanent: the server's 5xx, a login that is refused, a server that can't do what the configuration asks for, and
    /// addresses that can't be read. All else may pass: the server's 4xx and whatever happens to the connection. When that
    /// is lost after the mail went out and before the answer came, nobody knows whether it was taken; it is sent again under
    /// the same Message-ID, since a mail twice is better than none.
    /// </summary>
    public static bool IsPermanent(Exception failure) => failure switch
    {
        SmtpCommandException refused => (int)refused.StatusCode >= 500,
        AuthenticationException { InnerException: SmtpCommandException refused } => IsPermanent(refused),
        AuthenticationException or ServiceNotAuthenticatedException or SslHandshakeException => true,
        NotSupportedException or ParseException => true,
        _ => false,
    };

    /// <summary>The failure in words, with the server's status and text where it gave one.</summary>
    public static string Describe(Exception failure) => failure switch
    {
        SmtpCommandException refused => $"The mail server refused: {(int)refused.StatusCode} {refused.Message}",
        AuthenticationException => $"The mail server refused the login: {failure.Message}",
        ServiceNotAuthenticatedException => $"The mail server asks for a login: {failure.Message}",
        SslHandshakeException => $"No trusted TLS connection to the mail server: {failure.Message}",
        _ => failure.Message,
    };
}
