using Microsoft.Extensions.Options;
using MimeKit;

namespace TaskGrid.Mail;

/// <summary>
/// Keeps a few connections to the mail server, because connecting costs more than sending. Each carries one mail at a time,
/// is asked whether it still answers before it is used again, and is dropped after any failure or 60 s without work.
/// </summary>
internal sealed class SmtpPool : IMailer, IDisposable
{
    private static readonly TimeSpan s_maxIdle = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_sweepInterval = TimeSpan.FromSeconds(15);

    private readonly IOptions<MailOptions> _options;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _slots;
    private readonly ITimer _sweep;
    private readonly Lock _gate = new();
    private readonly List<SmtpConnection> _idle = [];
    private bool _disposed;

    public SmtpPool(IOptions<MailOptions> options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _slots = new(options.Value.MaxConnections);
        _sweep = time.CreateTimer(_ => Drop(IsStale), null, s_sweepInterval, s_sweepInterval);
    }

    public async Task<string> SendAsync(MimeMessage message, CancellationToken cancellationToken)
    {
        await _slots.WaitAsync(cancellationToken);
        try
        {
            var connection = await TakeIdleAsync(cancellationToken) ?? await ConnectAsync(cancellationToken);
            return await SendAsync(connection, message, cancellationToken);
        }
        finally
        {
            _slots.Release();
        }
    }

    public void Dispose()
    {
        _disposed = true;
        _sweep.Dispose();
        Drop(_ => true);
    }

    private async Task<string> SendAsync(SmtpConnection connection, MimeMessage message, CancellationToken cancellationToken)
    {
        try
        {
            var response = await connection.SendAsync(message, cancellationToken);
            Keep(connection);
            return response;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private async Task<SmtpConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        var connection = new SmtpConnection(_options.Value, _time);
        try
        {
            await connection.ConnectAsync(cancellationToken);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private async Task<SmtpConnection?> TakeIdleAsync(CancellationToken cancellationToken)
    {
        while (Pop() is { } connection)
        {
            try
            {
                if (!IsStale(connection) && await connection.AnswersAsync(cancellationToken))
                {
                    return connection;
                }
            }
            catch
            {
                connection.Dispose();
                throw;
            }

            connection.Dispose();
        }

        return null;
    }

    // The one used last: the others grow stale and go when there is less work.
    private SmtpConnection? Pop()
    {
        lock (_gate)
        {
            if (_idle.Count == 0)
            {
                return null;
            }

            var last = _idle[^1];
            _idle.RemoveAt(_idle.Count - 1);
            return last;
        }
    }

    private void Keep(SmtpConnection connection)
    {
        connection.UsedAt = _time.GetTimestamp();
        lock (_gate)
        {
            _idle.Add(connection);
        }

        if (_disposed)
        {
            Drop(_ => true);
        }
    }

    private bool IsStale(SmtpConnection connection) => _time.GetElapsedTime(connection.UsedAt) >= s_maxIdle;

    private void Drop(Predicate<SmtpConnection> which)
    {
        SmtpConnection[] dropped;
        lock (_gate)
        {
            dropped = [.. _idle.Where(c => which(c))];
            _idle.RemoveAll(c => dropped.Contains(c));
        }

        Array.ForEach(dropped, c => c.Dispose());
    }
}
