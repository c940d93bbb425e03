using System.Text.Json.Serialization;

namespace TaskGrid.Apis;

/// <summary>The answer to a start.</summary>
/// <param name="ResultId">The task's id.</param>
internal sealed record Started([property: JsonPropertyName("result_id")] string ResultId);

/// <summary>How a task is, in the words of the Flask and Celery example.</summary>
/// <param name="Ready">Whether it is final.</param>
/// <param name="Successful">Whether it succeeded; <c>null</c> until it is ready.</param>
/// <param name="Value">Its progress until it is ready; then its result, or what went wrong.</param>
internal sealed record ExampleResult(bool Ready, bool? Successful, JsonText? Value)
{
    public static ExampleResult Of(TaskSnapshot task) => task.State switch
    {
        TaskState.Succeeded => new(true, true, task.Result),
        TaskState.Failed => new(true, false, JsonText.From(task.Error?.Message)),
        TaskState.Cancelled => new(true, false, JsonText.From($"Cancelled: {task.Reason}")),
        _ => new(false, null, task.Progress),
    };
}
