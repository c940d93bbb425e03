using MimeKit;

namespace TaskGrid.DevMail;

/// <summary>
/// The mails that the sink took, in memory alone: the last 500, or as many of them as fit into 32 MB. They are gone when
/// the process ends.
/// </summary>
internal sealed class DevMailbox(TimeProvider time)
{
    public const int Capacity = 500;
    private const long MaxBytes = 32 * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly Queue<DevMailMessage> _messages = [];
    private long _lastId;
    private long _bytes;

    /// <exception cref="FormatException">This is not a mail.</exception>
    public void Add(long session, IReadOnlyList<string> to, byte[] raw)
    {
        using var stream = new MemoryStream(raw, writable: false);
        using var mail = MimeMessage.Load(stream);
        lock (_gate)
        {
            var message = Read(mail, ++_lastId, session, to, raw.Length);
            _messages.Enqueue(message);
            _bytes += message.Size;
            while (_messages.Count > Capacity || _bytes > MaxBytes)
            {
                _bytes -= _messages.Dequeue().Size;
            }
        }
    }

    /// <summary>All that are kept, the newest first.</summary>
    public IReadOnlyList<DevMailSummary> List()
    {
        lock (_gate)
        {
            return [.. _messages.Reverse()];
        }
    }

    public DevMailMessage? Find(long id)
    {
        lock (_gate)
        {
            return _messages.FirstOrDefault(m => m.Id == id);
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _messages.Clear();
            _bytes = 0;
        }
    }

    private DevMailMessage Read(MimeMessage mail, long id, long session, IReadOnlyList<string> to, int size)
    {
        var summary = new DevMailSummary(id, session, mail.MessageId ?? "", mail.From.ToString(), to, mail.Subject ?? "", time.GetUtcNow(), size);
        var text = (mail.TextBody ?? mail.HtmlBody ?? "").ReplaceLineEndings("\n");
        return new(summary, text, [.. mail.Headers.Concat(mail.Body?.Headers ?? []).Select(h => new DevMailHeader(h.Field, h.Value))]);
    }
}
