using MimeKit;
using MimeKit.Text;

namespace TaskGrid.Mail;

/// <summary>Turns a task's arguments into the mail that goes over the wire.</summary>
internal static class EmailMessage
{
    private const string DefaultSubject = "Message from TaskGrid";

    /// <summary>The Message-ID follows from the task alone: a mail that is sent again can be recognised as the same.</summary>
    public static string IdOf(string taskId, MailOptions options) => $"{taskId}@{options.MessageIdDomain}";

    public static MimeMessage Create(SendEmail args, string taskId, MailOptions options, DateTimeOffset now)
    {
        var message = new MimeMessage
        {
            MessageId = IdOf(taskId, options),
            Date = now,
            Subject = args.Subject ?? DefaultSubject,
            // Servers refuse a carriage return that stands alone.
            Body = new TextPart(TextFormat.Plain) { Text = args.Content.ReplaceLineEndings("\r\n") },
        };
        message.From.Add(MailboxAddress.Parse(options.From));
        message.To.Add(MailboxAddress.Parse(args.Recipient));
        message.Headers.Add(HeaderId.AutoSubmitted, "auto-generated");
        return message;
    }
}
