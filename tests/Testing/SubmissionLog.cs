using System.Collections.Concurrent;

namespace TaskGrid.Testing;

/// <summary>What has been submitted, oldest first.</summary>
public sealed class SubmissionLog
{
    private readonly ConcurrentQueue<TaskSubmission> _submissions = new();

    /// <summary>All of it, with ids and all else that a submit gets by itself.</summary>
    public IReadOnlyList<TaskSubmission> All => [.. _submissions];

    /// <summary>The arguments of every submit of a type's task.</summary>
    /// <typeparam name="TArgs">A type with <see cref="GridTaskAttribute"/>.</typeparam>
    public IReadOnlyList<TArgs> Of<TArgs>() => [.. Named(GridTaskAttribute.NameOf(typeof(TArgs))).Select(s => s.Args.As<TArgs>()!)];

    /// <summary>Every submit of a task.</summary>
    public IReadOnlyList<TaskSubmission> Named(string task) => [.. _submissions.Where(s => s.Task == task)];

    /// <summary>There is a submit of a type's task, with arguments that <paramref name="predicate"/> is true of; returns the first such.</summary>
    /// <exception cref="TaskAssertionException">There is none.</exception>
    public TArgs AssertSubmitted<TArgs>(Func<TArgs, bool>? predicate = null)
    {
        foreach (var args in Of<TArgs>())
        {
            if (predicate?.Invoke(args) != false)
            {
                return args;
            }
        }

        var name = GridTaskAttribute.NameOf(typeof(TArgs));
        throw new TaskAssertionException($"No submit of '{name}'{(predicate is null ? "" : " is as expected")}. {Describe()}");
    }

    /// <summary>There is a submit of a task that <paramref name="predicate"/> is true of; returns the first such.</summary>
    /// <exception cref="TaskAssertionException">There is none.</exception>
    public TaskSubmission AssertSubmitted(string task, Func<TaskSubmission, bool>? predicate = null) =>
        Named(task).FirstOrDefault(s => predicate?.Invoke(s) != false)
        ?? throw new TaskAssertionException($"No submit of '{task}'{(predicate is null ? "" : " is as expected")}. {Describe()}");

    /// <summary>Nothing was submitted at all.</summary>
    /// <exception cref="TaskAssertionException">Something was.</exception>
    public void AssertEmpty()
    {
        if (!_submissions.IsEmpty)
        {
            throw new TaskAssertionException($"Nothing was to be submitted. {Describe()}");
        }
    }

    internal void Add(TaskSubmission submission) => _submissions.Enqueue(submission);

    private string Describe() => _submissions.IsEmpty
        ? "Nothing was submitted."
        : $"Submitted were:{string.Concat(_submissions.Select(s => $"{Environment.NewLine}  {s.Task} {s.Args}"))}";
}
