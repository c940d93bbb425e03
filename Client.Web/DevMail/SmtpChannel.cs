using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace TaskGrid.DevMail;

/// <summary>Lines in, replies out, over one connection; gives up on a client that is silent for too long.</summary>
internal sealed class SmtpChannel : IDisposable
{
    /// <summary>The longest line in bytes: what RFC 5321 asks for, and the dot that transparency may add.</summary>
    public const int MaxLineLength = 999;

    // RFC 5321 asks for five minutes.
    private static readonly TimeSpan s_idleTimeout = TimeSpan.FromMinutes(5);

    private readonly Stream _stream;
    private readonly PipeReader _reader;
    private readonly CancellationTokenSource _idle;
    private readonly CancellationTokenSource _end;

    public SmtpChannel(Stream stream, TimeProvider time, CancellationToken stopping)
    {
        _stream = stream;
        _reader = PipeReader.Create(stream);
        _idle = new(s_idleTimeout, time);
        _end = CancellationTokenSource.CreateLinkedTokenSource(stopping, _idle.Token);
    }

    /// <summary>The next line without its end, which is CRLF and nothing else; <c>null</c> when the client has gone.</summary>
    /// <exception cref="InvalidDataException">The line is too long.</exception>
    public async ValueTask<byte[]?> ReadLineAsync()
    {
        _idle.CancelAfter(s_idleTimeout);
        while (true)
        {
            var result = await _reader.ReadAsync(_end.Token);
            if (TryTakeLine(result.Buffer, out var line))
            {
                return line;
            }

            if (result.IsCompleted)
            {
                return null;
            }
        }
    }

    public async Task ReplyAsync(string reply)
    {
        _idle.CancelAfter(s_idleTimeout);
        await _stream.WriteAsync(Encoding.ASCII.GetBytes(reply + "\r\n"), _end.Token);
    }

    public void Dispose()
    {
        _end.Dispose();
        _idle.Dispose();
        _stream.Dispose();
    }

    private bool TryTakeLine(ReadOnlySequence<byte> buffer, out byte[] line)
    {
        var reader = new SequenceReader<byte>(buffer);
        var found = reader.TryReadTo(out ReadOnlySequence<byte> text, "\r\n"u8);
        if ((found ? text : buffer).Length > MaxLineLength + (found ? 0 : 1))
        {
            throw new InvalidDataException("Line too long");
        }

        line = found ? text.ToArray() : [];
        _reader.AdvanceTo(found ? reader.Position : buffer.Start, found ? reader.Position : buffer.End);
        return found;
    }
}
