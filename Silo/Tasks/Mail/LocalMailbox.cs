namespace TaskGrid.Mail;

/// <summary>The development mailbox that a web application on this machine has: the mail server of every silo beside it.</summary>
public static class LocalMailbox
{
    /// <summary>The loopback port that it speaks SMTP on, where <c>DevMail:Port</c> does not say another.</summary>
    public const int DefaultPort = 2525;

    private const string PortKey = "DevMail:Port";

    /// <summary>
    /// In Development, when no <c>Mail:Host</c> is configured, mail goes to the mailbox, whichever process of this machine has it. A port of 0 is any free
    /// one, which nobody can send to.
    /// </summary>
    internal static void SendToLocalMailbox(this IHostApplicationBuilder builder)
    {
        var port = builder.Configuration.GetValue(PortKey, DefaultPort);
        if (!builder.Environment.IsDevelopment() || port == 0 || !string.IsNullOrWhiteSpace(builder.Configuration[$"{MailOptions.Section}:{nameof(MailOptions.Host)}"]))
        {
            return;
        }

        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            [$"{MailOptions.Section}:{nameof(MailOptions.Host)}"] = "127.0.0.1",
            [$"{MailOptions.Section}:{nameof(MailOptions.Port)}"] = port.ToString(),
            [$"{MailOptions.Section}:{nameof(MailOptions.Security)}"] = nameof(MailSecurity.None),
        });
    }
}
