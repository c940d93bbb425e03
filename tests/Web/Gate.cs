using System.Collections.Concurrent;

namespace TaskGrid.Tests.Web;

/// <summary>A task that says when it runs and ends when it is told to, so that a test knows where it is.</summary>
internal sealed class Gate
{
    private static readonly ConcurrentDictionary<string, Gate> s_gates = new();

    private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Entered => _entered.Task.WaitAsync(TimeSpan.FromSeconds(60));

    public static Gate Of(string name) => s_gates.GetOrAdd(name, _ => new());

    public static async Task PassAsync(string name, CancellationToken cancellationToken)
    {
        var gate = Of(name);
        gate._entered.TrySetResult();
        await gate._opened.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Passes the gate, and tells of it before and after.</summary>
    public static async Task<string> ReportAsync(string name, TaskContext context, CancellationToken cancellationToken)
    {
        context.ReportProgress(0.5);
        await PassAsync(name, cancellationToken);
        context.ReportProgress(0.75);
        await PassAsync($"{name}-end", cancellationToken);
        return name;
    }

    /// <summary>Logs some lines before it passes the gate, and some after.</summary>
    public static async Task LogAsync(string name, string[] before, string[] after, TaskContext context, CancellationToken cancellationToken)
    {
        Array.ForEach(before, context.Log);
        await PassAsync(name, cancellationToken);
        Array.ForEach(after, context.Log);
    }

    public void Open() => _opened.TrySetResult();
}
