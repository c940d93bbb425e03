using System.Collections.Concurrent;

namespace TaskGrid.Workers;

/// <summary>
/// Runs handlers that may block apart from the thread pool, which Orleans and the store need: on threads of its own, as many
/// as there are slots at most. A handler that has proved quick is run where its caller is, one such at a time, since a change
/// of thread costs more than it does; one that turns out slow there has blocked a single pool thread, once.
/// </summary>
/// <param name="max">How many threads there are at most.</param>
/// <param name="time">The clock by which handlers are quick.</param>
/// <param name="start">Starts a thread; one of the runtime's when it is left out.</param>
internal sealed class SynchronousThreads(int max, TimeProvider time, Action<Action>? start = null)
{
    private const int ProofRuns = 50;
    private static readonly TimeSpan s_quick = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan s_idleLife = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, int> _quickRuns = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private readonly Queue<Action> _work = new();
    private readonly Stack<Parked> _parked = new();
    private int _threads;
    private int _inline;

    /// <summary>Runs one call of a task's handler to its end.</summary>
    public Task<T> RunAsync<T>(string task, Func<T> call)
    {
        if (_quickRuns.GetValueOrDefault(task) >= ProofRuns && Interlocked.CompareExchange(ref _inline, 1, 0) == 0)
        {
            try
            {
                return Task.FromResult(Timed(task, call));
            }
            catch (Exception e)
            {
                return Task.FromException<T>(e);
            }
            finally
            {
                Volatile.Write(ref _inline, 0);
            }
        }

        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var context = ExecutionContext.Capture();
        Post(() =>
        {
            try
            {
                done.SetResult(InContext(context, () => Timed(task, call)));
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        return done.Task;
    }

    /// <summary>Log scopes and traces of a handler are those of its attempt, whichever thread it runs on.</summary>
    private static T InContext<T>(ExecutionContext? context, Func<T> call)
    {
        if (context is null)
        {
            return call();
        }

        T? result = default;
        ExecutionContext.Run(context, _ => result = call(), null);
        return result!;
    }

    private T Timed<T>(string task, Func<T> call)
    {
        var start = time.GetTimestamp();
        try
        {
            return call();
        }
        finally
        {
            _quickRuns[task] = time.GetElapsedTime(start) < s_quick ? Math.Min(ProofRuns, _quickRuns.GetValueOrDefault(task) + 1) : 0;
        }
    }

    private void Post(Action work)
    {
        Parked? parked;
        lock (_gate)
        {
            if (!_parked.TryPop(out parked))
            {
                if (_threads == max)
                {
                    _work.Enqueue(work);
                    return;
                }

                _threads++;
            }
        }

        if (parked is not null)
        {
            parked.Hand(work);
            return;
        }

        try
        {
            (start ?? Start)(() => Loop(work));
        }
        catch
        {
            // The machine has no thread left. What nobody has taken must not run later, when its attempt is over.
            lock (_gate)
            {
                _threads--;
            }

            throw;
        }
    }

    private static void Start(Action loop) => new Thread(() => loop()) { IsBackground = true, Name = "TaskGrid handler" }.UnsafeStart();

    private void Loop(Action first)
    {
        first();
        var self = new Parked();
        while (Next(self) is { } work)
        {
            work();
        }
    }

    private Action? Next(Parked self)
    {
        lock (_gate)
        {
            if (_work.TryDequeue(out var work))
            {
                return work;
            }

            _parked.Push(self);
        }

        if (self.Wait(s_idleLife) is { } handed)
        {
            return handed;
        }

        lock (_gate)
        {
            // Between the end of the wait and here somebody may have popped this thread to hand it work.
            var others = _parked.Where(p => p != self).Reverse().ToList();
            if (others.Count < _parked.Count)
            {
                _parked.Clear();
                others.ForEach(_parked.Push);
                _threads--;
                return null;
            }
        }

        return self.Wait(Timeout.InfiniteTimeSpan);
    }

    private sealed class Parked
    {
        private readonly object _signal = new();
        private Action? _handed;

        public void Hand(Action work)
        {
            lock (_signal)
            {
                _handed = work;
                Monitor.Pulse(_signal);
            }
        }

        public Action? Wait(TimeSpan limit)
        {
            lock (_signal)
            {
                if (_handed is null)
                {
                    Monitor.Wait(_signal, limit);
                }

                var work = _handed;
                _handed = null;
                return work;
            }
        }
    }
}
