namespace TaskGrid.DevMail;

/// <summary>One client's conversation, as RFC 5321 has it, with the faults of <see cref="RecipientFault"/>.</summary>
internal sealed class SmtpSession(SmtpChannel channel, long number, DevMailbox mailbox)
{
    private const int MaxMessageBytes = 1024 * 1024;
    private const int MaxRecipients = 100;

    private readonly List<string> _recipients = [];
    private bool _greeted;
    private bool _hasSender;
    private bool _closed;

    public async Task RunAsync()
    {
        await channel.ReplyAsync("220 localhost TaskGrid development mailbox, nothing is sent on");
        while (!_closed && await channel.ReadLineAsync() is { } line)
        {
            if (await AnswerAsync(SmtpCommand.Parse(line)) is { } reply)
            {
                await channel.ReplyAsync(reply);
            }
        }
    }

    private async Task<string?> AnswerAsync(SmtpCommand command) => command.Verb switch
    {
        "EHLO" => Greet($"250-localhost\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-ENHANCEDSTATUSCODES\r\n250 SIZE {MaxMessageBytes}"),
        "HELO" => Greet("250 localhost"),
        "MAIL" => Mail(command),
        "RCPT" => Recipient(command),
        "DATA" => await DataAsync(),
        "RSET" => Reset("250 2.0.0 Reset"),
        "NOOP" => "250 2.0.0 Here",
        "QUIT" => Close("221 2.0.0 Goodbye"),
        _ => "502 5.5.1 Not a command of this server",
    };

    private string Greet(string reply)
    {
        _greeted = true;
        return Reset(reply);
    }

    private string Mail(SmtpCommand command)
    {
        if (!_greeted || _hasSender)
        {
            return "503 5.5.1 Out of order";
        }

        if (!command.TryReadPath("FROM", out _, out var parameters))
        {
            return "501 5.5.4 Write MAIL FROM:<address>";
        }

        if (SmtpCommand.AnnouncedSize(parameters) > MaxMessageBytes)
        {
            return "552 5.3.4 Too large";
        }

        _hasSender = true;
        return "250 2.1.0 Sender taken";
    }

    private string Recipient(SmtpCommand command)
    {
        if (!_hasSender)
        {
            return "503 5.5.1 Out of order";
        }

        if (!command.TryReadPath("TO", out var address, out _) || address.Length == 0)
        {
            return "501 5.5.4 Write RCPT TO:<address>";
        }

        return _recipients.Count == MaxRecipients ? "452 4.5.3 Too many recipients" : Recipient(address);
    }

    private string Recipient(string address)
    {
        switch (RecipientFaults.Of(address))
        {
            case RecipientFault.Busy:
                return "450 4.2.1 Mailbox busy, asked for by the address";
            case RecipientFault.Unknown:
                return "550 5.1.1 No such mailbox, asked for by the address";
            case RecipientFault.ShuttingDown:
                return Close("421 4.3.2 Shutting down, asked for by the address");
            default:
                _recipients.Add(address);
                return "250 2.1.5 Recipient taken";
        }
    }

    private async Task<string?> DataAsync()
    {
        if (_recipients.Count == 0)
        {
            return "503 5.5.1 Out of order";
        }

        await channel.ReplyAsync("354 End with a dot on a line of its own");
        if (await ReadMessageAsync() is not { } raw)
        {
            return Reset("552 5.3.4 Too large");
        }

        try
        {
            mailbox.Add(number, [.. _recipients], raw);
        }
        catch (FormatException)
        {
            return Reset("554 5.6.0 Not a mail");
        }

        if (_recipients.Any(r => RecipientFaults.Of(r) == RecipientFault.DropAfterData))
        {
            _closed = true;
            return null;
        }

        return Reset("250 2.0.0 Kept in memory");
    }

    /// <summary>Reads up to the lone dot; <c>null</c> when the message was larger than allowed.</summary>
    private async Task<byte[]?> ReadMessageAsync()
    {
        using var message = new MemoryStream();
        var tooLarge = false;
        while (true)
        {
            var line = await channel.ReadLineAsync() ?? throw new EndOfStreamException("The client left in the middle of a message.");
            if (line is [(byte)'.'])
            {
                return tooLarge ? null : message.ToArray();
            }

            tooLarge |= message.Length + line.Length + 2 > MaxMessageBytes;
            if (!tooLarge)
            {
                // The sender doubled a dot at the start of a line so that it is not the end.
                message.Write(line.AsSpan(line is [(byte)'.', ..] ? 1 : 0));
                message.Write("\r\n"u8);
            }
        }
    }

    private string Reset(string reply)
    {
        _hasSender = false;
        _recipients.Clear();
        return reply;
    }

    private string Close(string reply)
    {
        _closed = true;
        return reply;
    }
}
