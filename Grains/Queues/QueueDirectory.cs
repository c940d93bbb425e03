using System.Collections.Concurrent;
using TaskGrid.Storage;

namespace TaskGrid.Queues;

/// <summary>The settings of queues as a silo needs them for a submit: read at most once a second each.</summary>
internal sealed class QueueDirectory(QueueStore queues, TimeProvider time)
{
    private const int MaxRemembered = 1000;
    private static readonly TimeSpan s_memory = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Known> _known = new(StringComparer.Ordinal);

    /// <summary>What a queue says of tasks that do not say it themselves; the same object as long as it is the same.</summary>
    public async ValueTask<TaskSettings?> DefaultsOfAsync(string queue)
    {
        if (_known.TryGetValue(queue, out var known) && time.GetElapsedTime(known.At) < s_memory)
        {
            return known.Settings?.Defaults;
        }

        var (text, settings) = await queues.ReadSettingsAsync(queue, known?.Text, known?.Settings);
        if (_known.Count >= MaxRemembered)
        {
            _known.Clear();
        }

        _known[queue] = new(text, settings, time.GetTimestamp());
        return settings?.Defaults;
    }

    private sealed record Known(string Text, QueueSettings? Settings, long At);
}
