namespace TaskGrid.Mail;

/// <summary>How the connection to the mail server is protected. There is no "if the server offers it": that can be stripped on the way.</summary>
public enum MailSecurity
{
    /// <summary>TLS by the STARTTLS command, usually on port 587; a server that does not offer it gets no mail.</summary>
    StartTls,

    /// <summary>TLS from the first byte, usually on port 465.</summary>
    SslOnConnect,

    /// <summary>No TLS: mail and password travel readable. For a server on the same machine.</summary>
    None,
}
