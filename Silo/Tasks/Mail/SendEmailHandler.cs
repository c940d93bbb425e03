using Microsoft.Extensions.Options;

namespace TaskGrid.Mail;

/// <summary>Runs <c>send_email</c>: checks, sends once, and tells failures that time may cure from those it can't.</summary>
internal sealed class SendEmailHandler(IMailer mailer, IOptions<MailOptions> options, TimeProvider time) : ITaskHandler<SendEmail, EmailReceipt>
{
    public async Task<EmailReceipt> RunAsync(SendEmail args, TaskContext context, CancellationToken cancellationToken)
    {
        if (Problem(args) is { } problem)
        {
            throw new PermanentFailureException(problem);
        }

        try
        {
            var message = EmailMessage.Create(args, context.TaskId, options.Value, time.GetUtcNow());
            var response = await mailer.SendAsync(message, cancellationToken);
            return new(EmailMessage.IdOf(context.TaskId, options.Value), response);
        }
        catch (Exception e) when (SmtpFailure.IsPermanent(e))
        {
            throw new PermanentFailureException(SmtpFailure.Describe(e), e);
        }
    }

    private string? Problem(SendEmail args) => options.Value.IsConfigured
        ? EmailAddress.Check(args.Recipient) ?? EmailText.CheckContent(args.Content) ?? EmailText.CheckSubject(args.Subject)
        : "No mail server is configured: set Mail__Host, and Mail__From to the sender.";
}
