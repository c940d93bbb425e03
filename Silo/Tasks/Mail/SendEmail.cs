namespace TaskGrid.Mail;

/// <summary>
/// Sends one e-mail to one recipient. The sender comes from <see cref="MailOptions.From"/>, never from the caller. To write to
/// many people submit many tasks: each then has its own state, retries and result.
/// </summary>
/// <param name="Recipient">A plain address such as <c>ada@example.com</c>; see <see cref="EmailAddress.Check"/>.</param>
/// <param name="Content">The text of the mail, at most <see cref="EmailText.MaxContentBytes"/> bytes as UTF-8.</param>
/// <param name="Subject">The subject line; default <c>Message from TaskGrid</c>. See <see cref="EmailText.CheckSubject"/>.</param>
[GridTask("send_email", Queue = "mail", MaxAttempts = 8)]
public sealed record SendEmail(string Recipient, string Content, string? Subject = null) : IGridTask<EmailReceipt>;
