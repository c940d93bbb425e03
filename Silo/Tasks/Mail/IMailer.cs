using MimeKit;

namespace TaskGrid.Mail;

/// <summary>Hands mail to the mail server: the border of this process.</summary>
internal interface IMailer
{
    /// <summary>Sends one mail; returns the server's answer to it. What it throws is judged by <see cref="SmtpFailure"/>.</summary>
    Task<string> SendAsync(MimeMessage message, CancellationToken cancellationToken);
}
