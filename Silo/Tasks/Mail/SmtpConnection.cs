using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace TaskGrid.Mail;

/// <summary>One connection to the mail server, for one mail at a time. After any failure it must be disposed, not used again.</summary>
internal sealed class SmtpConnection : IDisposable
{
    private readonly MailOptions _options;
    private readonly TimeProvider _time;
    private readonly SmtpClient _client;

    public SmtpConnection(MailOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _client = new()
        {
            Timeout = (int)options.Timeout.TotalMilliseconds,
            // Without a name of its own the client says its address, which servers take sooner than "localhost".
            LocalDomain = options.MessageIdDomain == "localhost" ? null : options.MessageIdDomain,
        };
    }

    /// <summary>When it was last used, as a timestamp of the time provider.</summary>
    public long UsedAt { get; set; }

    public Task ConnectAsync(CancellationToken cancellationToken) => BoundAsync(
        async token =>
        {
            await _client.ConnectAsync(_options.Host!, _options.Port, SocketOptions(_options.Security), token);
            if (!string.IsNullOrEmpty(_options.UserName))
            {
                await _client.AuthenticateAsync(_options.UserName, _options.Password!, token);
            }

            return true;
        },
        cancellationToken);

    public Task<string> SendAsync(MimeMessage message, CancellationToken cancellationToken) =>
        BoundAsync(token => _client.SendAsync(message, token), cancellationToken);

    /// <summary>Whether the server still answers: it may have hung up while the connection lay idle.</summary>
    public async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await BoundAsync(
                async token =>
                {
                    await _client.NoOpAsync(token);
                    return true;
                },
                cancellationToken);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    public void Dispose() => _client.Dispose();

    private static SecureSocketOptions SocketOptions(MailSecurity security) => security switch
    {
        MailSecurity.None => SecureSocketOptions.None,
        MailSecurity.SslOnConnect => SecureSocketOptions.SslOnConnect,
        _ => SecureSocketOptions.StartTls,
    };

    /// <summary>Bounds a whole step, where the client's own timeout is for each read; a TLS handshake hides why it was cut off.</summary>
    private async Task<T> BoundAsync<T>(Func<CancellationToken, Task<T>> step, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_options.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            return await step(either.Token);
        }
        catch (Exception e) when (either.IsCancellationRequested && e is OperationCanceledException or SslHandshakeException { InnerException: OperationCanceledException })
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new TimeoutException($"The mail server did not answer within {_options.Timeout}.", e);
        }
    }
}
