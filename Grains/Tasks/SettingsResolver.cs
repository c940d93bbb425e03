using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using TaskGrid.Queues;

namespace TaskGrid.Tasks;

/// <summary>A submission's settings and what is stored of them.</summary>
internal sealed record Resolved(TaskSettings Settings, TaskHeader Header);

/// <summary>Puts settings in their order: the call's over the task's over the queue's over the grid's.</summary>
internal sealed class SettingsResolver(QueueDirectory queues, IOptions<TaskGridOptions> options)
{
    private const int MaxCached = 1000;

    // Most submits ask for no settings of their own, so their header has been made before.
    private readonly ConcurrentDictionary<(string Task, string Queue), Cached> _cache = new();

    public async ValueTask<Resolved> ResolveAsync(string task, string queue, SubmitOptions asked, TaskDescription known)
    {
        var defaults = await queues.DefaultsOfAsync(queue);
        if (!AsksForNothing(asked))
        {
            return Make(task, asked.Over(known.Settings).Over(defaults).Over(options.Value.Defaults), known);
        }

        if (_cache.TryGetValue((task, queue), out var cached) && ReferenceEquals(cached.Known, known) && ReferenceEquals(cached.Defaults, defaults))
        {
            return cached.Resolved;
        }

        var resolved = Make(task, known.Settings.Over(defaults).Over(options.Value.Defaults), known);
        if (_cache.Count >= MaxCached)
        {
            _cache.Clear();
        }

        _cache[(task, queue)] = new(known, defaults, resolved);
        return resolved;
    }

    private static Resolved Make(string task, TaskSettings merged, TaskDescription known)
    {
        var stored = ResolvedSettings.ToStore(merged);
        return new(merged, new(task, stored == s_nothing ? null : stored, known.Sensitive));
    }

    private static bool AsksForNothing(TaskSettings asked) => asked is
    {
        Priority: null, MaxAttempts: null, Backoff: null, RetryOn: null, NeverRetryOn: null, ExpiresAfter: null, DeadlineAfter: null, SoftTimeLimit: null,
        TimeLimit: null, HeartbeatTimeout: null, CancelTimeout: null, ConcurrencyLimit: null, IgnoreResult: null, MaxResultBytes: null, KeepSucceeded: null,
        KeepFailed: null, KeepCancelled: null, Delivery: null,
    };

    private static readonly TaskSettings s_nothing = new();

    private sealed record Cached(TaskDescription Known, TaskSettings? Defaults, Resolved Resolved);
}
