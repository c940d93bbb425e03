namespace TaskGrid.DevMail;

/// <summary>One kept mail as the list shows it.</summary>
/// <param name="Id">Its number in this mailbox, growing with every mail.</param>
/// <param name="Session">The number of the SMTP connection that brought it.</param>
/// <param name="MessageId">Its Message-ID without angle brackets; empty when it has none. The same id twice is one mail sent twice.</param>
/// <param name="From">The sender it names.</param>
/// <param name="To">The addresses it was really sent to, whatever its headers say.</param>
/// <param name="Subject">Its subject.</param>
/// <param name="ReceivedAt">When its last byte came.</param>
/// <param name="Size">Its length in bytes as received.</param>
internal record DevMailSummary(long Id, long Session, string MessageId, string From, IReadOnlyList<string> To, string Subject, DateTimeOffset ReceivedAt, int Size);
