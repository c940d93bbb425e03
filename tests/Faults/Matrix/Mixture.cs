using System.Collections.Concurrent;
using System.Globalization;
using Xunit;

namespace TaskGrid.Faults.Matrix;

/// <summary>
/// A load of tasks of every kind, and of everything that can be done to them: whatever the engine writes to its store, this makes it
/// write. What the grid says yes to is in the ledger.
/// </summary>
/// <param name="grid">The grid.</param>
/// <param name="ledger">What has been asked and answered.</param>
/// <param name="patience">How long a round waits for a task to be final before it goes on with it.</param>
/// <param name="names">How many queues it makes one after the other before it comes back to the first. A queue that has been used is known for good.</param>
internal sealed class Mixture(RealGrid grid, Ledger ledger, TimeSpan patience, int names = int.MaxValue)
{
    private const int Queues = 12;
    private const int RoundsOfAQueue = 10;
    private const string Closed = "closed";
    private const string Failing = "failing";

    private readonly ConcurrentBag<TaskHandle> _handles = [];
    private readonly ConcurrentBag<TaskHandle> _once = [];
    private readonly ConcurrentDictionary<string, bool> _retried = new();
    private static int s_rounds;

    /// <summary>The tasks that are delivered at most once. They are not in the ledger: one that was interrupted need not have run.</summary>
    public IReadOnlyCollection<string> Once => [.. _once.Select(h => h.Id)];

    /// <summary>One task of each kind, and each change once.</summary>
    public async Task RoundAsync()
    {
        var round = Interlocked.Increment(ref s_rounds);
        var queue = $"q{round % Queues}";
        await Task.WhenAll(
            SubmitAsync("work", new() { Queue = queue }),
            SubmitAsync("work", new() { Queue = queue }, milliseconds: 1000),
            SubmitAsync("work", new() { Queue = queue, Delay = TimeSpan.FromMilliseconds(300) }),
            SubmitAsync("work", new() { Queue = queue, ConcurrencyKey = $"key:{round % 3}", ConcurrencyLimit = 1, Priority = round % 10 }),
            SubmitAsync("chatty", new() { Queue = queue }),
            SubmitAsync("reluctant", new() { Queue = queue }),
            SubmitAsync("unlucky", new() { Queue = queue, Backoff = Backoff.Fixed(TimeSpan.FromMilliseconds(200)) }),
            RetryByHandAsync(),
            CancelAsync(queue),
            ChangeAsync(queue),
            ForgetAsync(queue),
            SubmitTwiceAsync(queue, $"unique-{round}"),
            SubmitOnceAsync(queue),
            ExpireAsync(),
            ChangeManyAsync($"tag-{round}"),
            AuditAsync(round),
            // A queue that is new now and then: some changes happen once in a queue's life.
            ChangeQueueAsync($"other{round / RoundsOfAQueue % names}", round));
    }

    /// <summary>Waits until everything is final, and writes down what has become of it.</summary>
    public async Task FinalAsync(TimeSpan limit)
    {
        var snapshots = await grid.FinalAsync(_handles, limit);
        foreach (var s in snapshots)
        {
            // A retry by hand begins the counting anew.
            ledger.See(s.Id, new(s.State, TokenOf(s), _retried.ContainsKey(s.Id) ? 1 : s.Attempt, s.MaxAttempts));
        }

        Assert.DoesNotContain(snapshots, s => s.State == TaskState.Failed);
        foreach (var s in await grid.FinalAsync(_once, limit))
        {
            Assert.Equal(s.State == TaskState.Succeeded ? null : ErrorCodes.Interrupted, s.Error?.Type);
        }
    }

    private static long? TokenOf(TaskSnapshot s) => s.State == TaskState.Succeeded ? long.Parse(s.Result!.Value.ToString(), CultureInfo.InvariantCulture) : null;

    private async Task<TaskHandle> SubmitAsync(string task, SubmitOptions options, int milliseconds = 20, TaskState end = TaskState.Succeeded)
    {
        var id = options.Id = Guid.CreateVersion7().ToString();
        ledger.Attempt(id);
        ledger.Expect(id, end);
        var handle = await grid.Tasks.SubmitAsync(task, new { milliseconds }, options);
        ledger.Acknowledge(id);
        _handles.Add(handle);
        return handle;
    }

    private async Task RetryByHandAsync()
    {
        var handle = await SubmitAsync("unlucky", new() { Queue = Failing, MaxAttempts = 1 });
        _retried[handle.Id] = true;
        await grid.FinalAsync([handle], patience);
        await handle.RetryAsync();
    }

    private async Task CancelAsync(string queue) => await (await SubmitAsync("work", new() { Queue = queue, Delay = TimeSpan.FromHours(1) }, end: TaskState.Cancelled)).CancelAsync();

    private async Task ChangeAsync(string queue)
    {
        var handle = await SubmitAsync("work", new() { Queue = queue, Delay = TimeSpan.FromHours(1) });
        await handle.ChangeAsync(new() { DueAt = DateTimeOffset.UnixEpoch, Priority = 9 });
    }

    /// <summary>A task that is forgotten can't be asked after at the end: it has to have succeeded before.</summary>
    private async Task ForgetAsync(string queue)
    {
        var id = Guid.CreateVersion7().ToString();
        ledger.Attempt(id);
        var handle = await grid.Tasks.SubmitAsync("work", new { milliseconds = 20 }, new() { Id = id, Queue = queue });
        ledger.Acknowledge(id);
        var snapshot = (await grid.FinalAsync([handle], patience))[0];
        ledger.See(id, new(snapshot.State, TokenOf(snapshot)));
        await handle.ForgetAsync();
    }

    private async Task SubmitTwiceAsync(string queue, string key)
    {
        foreach (var handle in await Task.WhenAll(Enumerable.Range(0, 2).Select(_ =>
            grid.Tasks.SubmitAsync("work", new { milliseconds = 20 }, new() { Queue = queue, IdempotencyKey = key }))))
        {
            ledger.Acknowledge(handle.Id, key);
            _handles.Add(handle);
        }
    }

    private async Task SubmitOnceAsync(string queue)
    {
        var id = Guid.CreateVersion7().ToString();
        // It runs, but whether it did is not asked.
        ledger.Attempt(id);
        _once.Add(await grid.Tasks.SubmitAsync("work", new { milliseconds = 20 }, new() { Id = id, Queue = queue, Delivery = Delivery.AtMostOnce }));
    }

    private async Task ExpireAsync()
    {
        await grid.Queues.PauseAsync(Closed);
        await SubmitAsync("work", new() { Queue = Closed, ExpiresAfter = TimeSpan.FromMilliseconds(500) }, end: TaskState.Cancelled);
    }

    private async Task ChangeManyAsync(string tag)
    {
        await grid.Queues.PauseAsync(Closed);
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => SubmitAsync("work", new() { Queue = Closed, Tags = [tag] }, end: TaskState.Cancelled)));
        await (await grid.Bulk.CancelAsync(tag: tag)).WaitAsync();
        await SubmitAsync("work", new() { Queue = Closed, Tags = [$"{tag}-listed"] }, end: TaskState.Cancelled);
        await (await grid.Bulk.BeginAsync(new() { Action = BulkAction.Cancel, Queue = Closed, Tag = $"{tag}-listed" })).WaitAsync();
        await (await grid.Bulk.RetryAsync(queue: Failing)).WaitAsync();
    }

    private async Task AuditAsync(int round) =>
        await grid.Audit.EndAsync(await grid.Audit.AddAsync(new() { Id = $"{round}", Who = "mixture", Action = "none", Target = "none" }, CancellationToken.None), 200);

    private async Task ChangeQueueAsync(string queue, int round)
    {
        await grid.Queues.ConfigureAsync(queue, new() { Limits = new(Concurrency: 1 + (round % 5)) });
        await grid.Queues.PauseAsync(queue);
        await grid.Queues.ResumeAsync(queue);
        await SubmitAsync("work", new() { Queue = queue });
    }
}
