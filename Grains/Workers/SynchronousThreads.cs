using System.Collections.Concurrent;

namespace TaskGrid.Workers;

/// <summary>
/// Threads for handlers that block: as many as there are slots at most, made when needed, apart from the thread pool that
/// Orleans and the store need, so that blocking user code can't starve the silo.
/// </summary>
internal sealed class SynchronousThreads(int max) : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];
    private int _threads;
    private int _idle;

    public Task<T> RunAsync<T>(Func<T> call)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() =>
        {
            try
            {
                done.SetResult(call());
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        if (Volatile.Read(ref _idle) < _work.Count && Volatile.Read(ref _threads) < max)
        {
            StartThread();
        }

        return done.Task;
    }

    public void Dispose() => _work.CompleteAdding();

    private void StartThread()
    {
        if (Interlocked.Increment(ref _threads) > max)
        {
            Interlocked.Decrement(ref _threads);
            return;
        }

        new Thread(Loop) { IsBackground = true, Name = "TaskGrid handler" }.Start();
    }

    private void Loop()
    {
        while (true)
        {
            Interlocked.Increment(ref _idle);
            Action work;
            try
            {
                work = _work.Take();
            }
            catch (InvalidOperationException)
            {
                return;
            }
            finally
            {
                Interlocked.Decrement(ref _idle);
            }

            work();
        }
    }
}
