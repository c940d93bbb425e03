using System.Collections.Concurrent;
using TaskGrid.Handlers;
using TaskGrid.Storage;
using TaskGrid.Workers;

namespace TaskGrid.Tasks;

/// <summary>Which task names the cluster can run: this silo's own handlers, and what other silos have announced in the store.</summary>
internal sealed class TaskDirectory(HandlerRegistry handlers, SiloStore silos, TimeProvider time)
{
    private static readonly TimeSpan s_memory = TimeSpan.FromSeconds(2);
    private const int MaxRemembered = 1000;

    private readonly ConcurrentDictionary<string, TaskDescription> _own = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (TaskDescription? Description, long At)> _others = new(StringComparer.Ordinal);

    /// <summary>The task's defaults, or why the submission can't be taken.</summary>
    public async ValueTask<(TaskDescription? Known, TaskRefusal? Refusal)> CheckAsync(TaskSubmission submission)
    {
        if (handlers.TryGet(submission.Task, out var registration))
        {
            return registration.Check(submission.Args) is { } refusal
                ? (null, refusal)
                : (_own.GetOrAdd(submission.Task, _ => Capabilities.Describe(registration)), null);
        }

        return await FindAsync(submission.Task) is { } description
            ? (description, null)
            : (null, new(ErrorCodes.UnknownTask, $"No silo of the grid runs a task named '{submission.Task}'.", "task"));
    }

    private async ValueTask<TaskDescription?> FindAsync(string task)
    {
        if (_others.TryGetValue(task, out var known) && time.GetElapsedTime(known.At) < s_memory)
        {
            return known.Description;
        }

        var description = await silos.DescribeAsync(task);
        if (_others.Count >= MaxRemembered)
        {
            _others.Clear();
        }

        _others[task] = (description, time.GetTimestamp());
        return description;
    }
}
