namespace TaskGrid.Mail;

/// <summary>The mail server has taken the mail. That is not yet a delivery: a later bounce goes to the sender's address.</summary>
/// <param name="MessageId">
/// The mail's Message-ID without its angle brackets, <c>{task id}@{domain}</c>: the same in every attempt of a task, so that a
/// mail sent twice can be told from two mails.
/// </param>
/// <param name="Response">What the server answered, often with the id under which its own log knows the mail.</param>
public sealed record EmailReceipt(string MessageId, string Response);
