using System.ComponentModel.DataAnnotations;
using TaskGrid.Mail;

namespace TaskGrid.DevMail;

/// <summary>The local mailbox for development, from configuration section <c>DevMail</c>. Checked when the host starts.</summary>
public sealed class DevMailOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "DevMail";

    /// <summary>The loopback port that speaks SMTP; default 2525. 0 takes any free one, which then nobody is told of but <c>GET /dev/mail/server</c>.</summary>
    [Range(0, 65535)]
    public int Port { get; set; } = LocalMailbox.DefaultPort;
}
