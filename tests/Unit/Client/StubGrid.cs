using System.Reflection;

namespace TaskGrid.Unit.Client;

/// <summary>A grid that accepts what it is sent, and keeps it.</summary>
internal sealed class StubGrid : ISubmitGrain
{
    /// <summary>One entry for each call.</summary>
    public List<TaskSubmission[]> Calls { get; } = [];

    public IEnumerable<TaskSubmission> All => Calls.SelectMany(c => c);

    public TaskSubmission Single => Assert.Single(All);

    /// <summary>The keys under which the grid was asked for.</summary>
    public List<long> Keys { get; } = [];

    /// <summary>How many of the next calls are not answered.</summary>
    public int Silent { get; set; }

    /// <summary>Told of the next call, which is never answered.</summary>
    public Action? OnHang { get; set; }

    /// <summary>Task names that are refused.</summary>
    public HashSet<string> Unknown { get; } = [];

    public IGrainFactory Grains
    {
        get
        {
            var factory = DispatchProxy.Create<IGrainFactory, StubGrainFactory>();
            ((StubGrainFactory)factory).Grid = this;
            return factory;
        }
    }

    public Task<SubmitReply[]> Submit(TaskSubmission[] submissions)
    {
        Calls.Add(submissions);
        if (Silent > 0)
        {
            Silent--;
            throw new TimeoutException("No answer.");
        }

        if (OnHang is { } hang)
        {
            OnHang = null;
            hang();
            return new TaskCompletionSource<SubmitReply[]>().Task;
        }

        return Task.FromResult(submissions.Select(Accept).ToArray());
    }

    private SubmitReply Accept(TaskSubmission submission) => Unknown.Contains(submission.Task)
        ? new(null, false, new(ErrorCodes.UnknownTask, "nobody runs it", "task"))
        : new(new() { Id = submission.Options.Id!, Task = submission.Task, Queue = submission.Options.Queue ?? "default" }, true, null);
}
