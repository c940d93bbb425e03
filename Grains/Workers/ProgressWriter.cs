using System.Globalization;
using TaskGrid.Storage;

namespace TaskGrid.Workers;

/// <summary>
/// Writes what a handler tells of its attempt to the store: the newest progress and all log lines, at most every 250 ms, and what is
/// left before the end.
/// </summary>
internal sealed class ProgressWriter(TaskStore store, string id, long token, TimeProvider time)
{
    private const int MaxLines = 200;
    private const int MaxLineLength = 2000;
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private readonly Queue<string> _lines = new();
    private readonly TaskCompletionSource _closing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private JsonText? _next;
    private JsonText? _latest;
    private Task _writing = Task.CompletedTask;
    private bool _closed;

    /// <summary>The newest report; <c>null</c> before the first.</summary>
    public JsonText? Latest
    {
        get
        {
            lock (_gate)
            {
                return _latest;
            }
        }
    }

    public void Report(JsonText value)
    {
        lock (_gate)
        {
            if (!_closed)
            {
                _next = value;
                _latest = value;
                Begin();
            }
        }
    }

    /// <summary>Adds a line; of more than 200 between two writes the first ones go, as they would in the store.</summary>
    public void Log(string line)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{time.GetUtcNow():yyyy-MM-dd'T'HH:mm:ss.fff'Z'} {(line.Length <= MaxLineLength ? line : line[..MaxLineLength])}");
        lock (_gate)
        {
            if (_closed)
            {
                return;
            }

            _lines.Enqueue(text);
            if (_lines.Count > MaxLines)
            {
                _lines.Dequeue();
            }

            Begin();
        }
    }

    /// <summary>Writes what is left; what is told later is dropped.</summary>
    public async Task FlushAsync()
    {
        Task writing;
        lock (_gate)
        {
            _closed = true;
            writing = _writing;
        }

        // Never beside a write that is under way: its lines are older.
        _closing.TrySetResult();
        await writing.ConfigureAwait(false);
        await WriteNextAsync().ConfigureAwait(false);
    }

    private void Begin()
    {
        if (_writing.IsCompleted)
        {
            _writing = WriteAsync();
        }
    }

    private async Task WriteAsync()
    {
        await Task.Yield();
        while (await WriteNextAsync().ConfigureAwait(false))
        {
            await Task.WhenAny(Task.Delay(s_interval, time), _closing.Task).ConfigureAwait(false);
        }
    }

    private async Task<bool> WriteNextAsync()
    {
        JsonText? value;
        string[] lines;
        lock (_gate)
        {
            value = _next;
            _next = null;
            lines = [.. _lines];
            _lines.Clear();
        }

        if (value is null && lines.Length == 0)
        {
            return false;
        }

        try
        {
            var kept = await Task.WhenAll(
                value is { } progress ? store.ProgressAsync(id, token, progress) : Task.FromResult(true),
                lines.Length > 0 ? store.LogAsync(id, token, lines) : Task.FromResult(true)).ConfigureAwait(false);
            return kept.All(k => k);
        }
        catch (Exception)
        {
            // Progress is not worth keeping an attempt waiting, and never its outcome; the next report, or the end, tries again.
            lock (_gate)
            {
                _next ??= value;
            }

            return false;
        }
    }
}
