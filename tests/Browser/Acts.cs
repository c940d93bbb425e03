using System.Collections.Concurrent;
using System.Text.Json.Serialization;

namespace TaskGrid.Browser;

[JsonConverter(typeof(JsonStringEnumConverter<Size>))]
internal enum Size
{
    Small,
    Large,
}

internal sealed record Place(string City, int? Zip);

/// <summary>What the tasks of these tests do.</summary>
internal static class Acts
{
    private static readonly ConcurrentDictionary<string, TaskCompletionSource> s_gates = new();

    /// <summary>Says how far it is, and waits until the test opens the gate.</summary>
    public static async Task<string> PassAsync(string name, TaskContext context, CancellationToken cancellationToken)
    {
        context.ReportProgress(new { current = 3, total = 10, message = "before the gate" });
        context.Log("waiting at the gate");
        await GateOf(name).Task.WaitAsync(cancellationToken);
        context.Log("through the gate");
        return "through";
    }

    public static void Open(string name) => GateOf(name).TrySetResult();

    /// <summary>Shows a text wherever a handler can, and ends as it is told to.</summary>
    public static async Task<string> SayAsync(string text, string end, TaskContext context, CancellationToken cancellationToken)
    {
        context.Log(text);
        context.ReportProgress(new { message = text, current = 1, total = 2 });
        if (end == "gate")
        {
            await GateOf(context.TaskId).Task.WaitAsync(cancellationToken);
        }

        return end switch
        {
            "fail" => throw new InvalidOperationException(text),
            "cancel" => throw new CancelTaskException(text),
            _ => text,
        };
    }

    public static async Task SubmitTwoAsync(ITaskClient tasks, CancellationToken cancellationToken)
    {
        await tasks.SubmitAsync("add", new { x = 1, y = 2 }, cancellationToken: cancellationToken);
        await tasks.SubmitAsync("add", new { x = 3, y = 4 }, cancellationToken: cancellationToken);
    }

    /// <summary>Leaves a child behind that waits at a gate.</summary>
    public static async Task GuardAsync(string name, ITaskClient tasks, CancellationToken cancellationToken) =>
        await tasks.SubmitAsync("gate", new { name }, cancellationToken: cancellationToken);

    private static TaskCompletionSource GateOf(string name) => s_gates.GetOrAdd(name, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}
