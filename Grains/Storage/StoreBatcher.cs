using StackExchange.Redis;

namespace TaskGrid.Storage;

/// <summary>
/// Group commit: what has gathered while batches are in flight goes as the next one, in one script call. When idle an
/// operation goes at once.
/// </summary>
internal sealed class StoreBatcher(Func<IReadOnlyList<StoreOp>, Task<RedisResult[]>> send)
{
    // Shorter batches overlap better: while the store works on one, the answers of another are read here.
    private const int MaxInFlight = 4;
    private const int MaxOps = 64;
    private const int MaxBytes = 256 * 1024;

    // Who takes a batch sends it before another one is taken: what was asked for first is carried out first.
    private readonly Lock _turn = new();
    private readonly Lock _gate = new();
    private readonly Queue<StoreOp> _pending = new();
    private int _inFlight;
    private int _gathering;

    /// <summary>Keeps what is asked for from now on until it is disposed, so that it goes together: as soon as that is, or as a batch is full.</summary>
    public IDisposable Gather()
    {
        lock (_gate)
        {
            _gathering++;
        }

        return new Gathering(this);
    }

    public Task<RedisResult[]> RunAsync(StoreOp op)
    {
        lock (_gate)
        {
            _pending.Enqueue(op);
            if (_inFlight >= MaxInFlight || IsGathering)
            {
                return op.Task;
            }

            _inFlight++;
        }

        _ = PumpAsync();
        return op.Task;
    }

    private bool IsGathering => _gathering > 0 && _pending.Count < MaxOps;

    private void EndGathering()
    {
        lock (_gate)
        {
            _gathering--;
            if (_inFlight >= MaxInFlight || IsGathering)
            {
                return;
            }

            _inFlight++;
        }

        _ = PumpAsync();
    }

    private async Task PumpAsync()
    {
        while (Send() is { } sent)
        {
            await AnswerAsync(sent.Batch, sent.Replies).ConfigureAwait(false);
        }
    }

    /// <summary>Sends what has gathered; <c>null</c>, and one fewer in flight, when nothing has.</summary>
    private (List<StoreOp> Batch, Task<RedisResult[]> Replies)? Send()
    {
        lock (_turn)
        {
            List<StoreOp> batch;
            lock (_gate)
            {
                if (_pending.Count == 0 || IsGathering)
                {
                    _inFlight--;
                    return null;
                }

                batch = TakeBatch();
            }

            return (batch, send(batch));
        }
    }

    private List<StoreOp> TakeBatch()
    {
        var batch = new List<StoreOp>(Math.Min(_pending.Count, MaxOps));
        var bytes = 0;
        var isOrdered = true;
        while (batch.Count < MaxOps && _pending.TryPeek(out var next) && (batch.Count == 0 || bytes + next.Bytes <= MaxBytes))
        {
            bytes += next.Bytes;
            isOrdered &= batch.Count == 0 || batch[^1].Rank <= next.Rank;
            batch.Add(_pending.Dequeue());
        }

        return isOrdered ? batch : [.. batch.OrderBy(op => op.Rank)];
    }

    private static async Task AnswerAsync(List<StoreOp> batch, Task<RedisResult[]> sent)
    {
        try
        {
            var replies = await sent.ConfigureAwait(false);
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

    private sealed class Gathering(StoreBatcher batcher) : IDisposable
    {
        private int _disposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 0)
            {
                batcher.EndGathering();
            }
        }
    }
}
