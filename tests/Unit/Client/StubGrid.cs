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

    /// <summary>How the next calls are answered, one after the other.</summary>
    public Queue<Func<TaskSubmission[], Task<SubmitReply[]>>> Script { get; } = [];

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

        return Script.TryDequeue(out var answer) ? answer(submissions) : Task.FromResult(submissions.Select(Accept).ToArray());
    }

    /// <summary>The next call is never answered.</summary>
    public void Hang(Action told) => Script.Enqueue(_ =>
    {
        told();
        return new TaskCompletionSource<SubmitReply[]>().Task;
    });

    /// <summary>What it answers when nothing is wrong.</summary>
    public SubmitReply Accept(TaskSubmission submission) => Unknown.Contains(submission.Task)
        ? new(null, false, new(ErrorCodes.UnknownTask, "nobody runs it", "task"))
        : new(new() { Id = submission.Options.Id!, Task = submission.Task, Queue = submission.Options.Queue ?? "default" }, true, null);
}
