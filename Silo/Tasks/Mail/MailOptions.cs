namespace TaskGrid.Mail;

/// <summary>The mail server and the sender, from configuration section <c>Mail</c> (<c>Mail__Host</c> and so on). Checked when the host starts.</summary>
public sealed class MailOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Mail";

    /// <summary>The SMTP server's name or address. Without it every <c>send_email</c> task fails, saying so; in Development it is then the mailbox of the web application on this
    /// machine (<c>127.0.0.1:2525</c>, without encryption).</summary>
    public string? Host { get; set; }

    /// <summary>The server's port; default 587.</summary>
    public int Port { get; set; } = 587;

    /// <summary>How the connection is protected; default <see cref="MailSecurity.StartTls"/>.</summary>
    public MailSecurity Security { get; set; } = MailSecurity.StartTls;

    /// <summary>The name to log in with; without it there is no login.</summary>
    public string? UserName { get; set; }

    /// <summary>The password that belongs to <see cref="UserName"/>. It is never logged, nor part of a task.</summary>
    public string? Password { get; set; }

    /// <summary>The sender of every mail; default <c>TaskGrid &lt;noreply@localhost&gt;</c>.</summary>
    public string From { get; set; } = "TaskGrid <noreply@localhost>";

    /// <summary>What stands after the @ of every Message-ID, and the name given to the server; default <c>localhost</c>. Use a domain of your own.</summary>
    public string MessageIdDomain { get; set; } = "localhost";

    /// <summary>How long connecting with login, or handing over one mail, may take, 100 ms to 10 min; default 30 s. Then the attempt fails and is retried.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How many connections each silo keeps to the server at most, 1 to 100; default 4. Further mails wait for one.</summary>
    public int MaxConnections { get; set; } = 4;

    internal bool IsConfigured => !string.IsNullOrWhiteSpace(Host);
}
