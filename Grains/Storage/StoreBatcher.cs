using StackExchange.Redis;

namespace TaskGrid.Storage;

/// <summary>
/// Group commit: what has gathered while batches are in flight goes as the next one, in one script call. When idle an
/// operation goes at once.
/// </summary>
internal sealed class StoreBatcher(Func<IReadOnlyList<StoreOp>, Task<RedisResult[]>> send)
{
    private const int MaxInFlight = 2;
    private const int MaxOps = 256;
    private const int MaxBytes = 256 * 1024;

    private readonly Lock _gate = new();
    private readonly Queue<StoreOp> _pending = new();
    private int _inFlight;

    public Task<RedisResult[]> RunAsync(StoreOp op)
    {
        List<StoreOp>? batch = null;
        lock (_gate)
        {
            _pending.Enqueue(op);
            if (_inFlight < MaxInFlight)
            {
                _inFlight++;
                batch = TakeBatch();
            }
        }

        if (batch is not null)
        {
            _ = PumpAsync(batch);
        }

        return op.Task;
    }

    private List<StoreOp> TakeBatch()
    {
        var batch = new List<StoreOp>(Math.Min(_pending.Count, MaxOps));
        var bytes = 0;
        while (batch.Count < MaxOps && _pending.TryPeek(out var next) && (batch.Count == 0 || bytes + next.Bytes <= MaxBytes))
        {
            bytes += next.Bytes;
            batch.Add(_pending.Dequeue());
        }

        return batch;
    }

    private async Task PumpAsync(List<StoreOp>? batch)
    {
        while (batch is not null)
        {
            await SendAsync(batch).ConfigureAwait(false);
            lock (_gate)
            {
                if (_pending.Count == 0)
                {
                    _inFlight--;
                    batch = null;
                }
                else
                {
                    batch = TakeBatch();
                }
            }
        }
    }

    private async Task SendAsync(List<StoreOp> batch)
    {
        try
        {
            var replies = await send(batch).ConfigureAwait(false);
            for (var i = 0; i < batch.Count; i++)
            {
                Answer(batch[i], (RedisResult[])replies[i]!);
            }
        }
        catch (Exception e)
        {
            var failure = e as StoreUnavailableException ?? new StoreUnavailableException($"The store did not answer: {e.Message}", e);
            foreach (var op in batch)
            {
                op.TrySetException(failure);
            }
        }
    }

    private static void Answer(StoreOp op, RedisResult[] reply)
    {
        if (reply.Length > 1 && (string?)reply[0] == "error")
        {
            op.TrySetException(new StoreUnavailableException($"The store failed in '{op.Name}': {reply[1]}"));
        }
        else
        {
            op.TrySetResult(reply);
        }
    }
}
