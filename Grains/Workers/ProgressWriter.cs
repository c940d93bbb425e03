using TaskGrid.Storage;

namespace TaskGrid.Workers;

/// <summary>Writes an attempt's progress to the store: the newest value, at most every 250 ms, and the last one before the end.</summary>
internal sealed class ProgressWriter(TaskStore store, string id, long token, TimeProvider time)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private JsonText? _next;
    private Task _writing = Task.CompletedTask;
    private bool _closed;

    public void Report(JsonText value)
    {
        lock (_gate)
        {
            if (_closed)
            {
                return;
            }

            _next = value;
            if (_writing.IsCompleted)
            {
                _writing = WriteAsync();
            }
        }
    }

    /// <summary>Writes what is left; later reports are dropped.</summary>
    public async Task FlushAsync()
    {
        Task writing;
        lock (_gate)
        {
            _closed = true;
            writing = _writing;
        }

        if (!writing.IsCompleted)
        {
            await WriteNextAsync().ConfigureAwait(false);
        }
    }

    private async Task WriteAsync()
    {
        await Task.Yield();
        while (await WriteNextAsync().ConfigureAwait(false))
        {
            await Task.Delay(s_interval, time).ConfigureAwait(false);
        }
    }

    private async Task<bool> WriteNextAsync()
    {
        JsonText value;
        lock (_gate)
        {
            if (_next is not { } next)
            {
                return false;
            }

            value = next;
            _next = null;
        }

        try
        {
            return await store.ProgressAsync(id, token, value).ConfigureAwait(false);
        }
        catch (StoreUnavailableException)
        {
            // Progress is not worth keeping an attempt waiting; the next report tries again.
            return false;
        }
    }
}
