namespace TaskGrid.DevMail;

/// <summary>How the mailbox's SMTP server is.</summary>
/// <param name="Port">The loopback port.</param>
/// <param name="Listening">Whether it takes mail.</param>
/// <param name="Problem">Why it does not.</param>
/// <param name="Capacity">How many mails are kept at most.</param>
internal sealed record DevMailServer(int Port, bool Listening, string? Problem, int Capacity);
