using System.Text.Json;
using TaskGrid.Handlers;

namespace TaskGrid.Tasks;

/// <summary>What every submission must satisfy, whatever the task. Pure.</summary>
internal static class SubmissionRules
{
    public static readonly TimeSpan LongestDelay = TimeSpan.FromDays(3650);

    /// <summary>The first rule that is broken, or <c>null</c>.</summary>
    public static TaskRefusal? Check(TaskSubmission submission, int maxArgsBytes)
    {
        var options = submission.Options;
        return submission switch
        {
            _ when !Names.IsValidTaskName(submission.Task) =>
                new(ErrorCodes.InvalidTaskName, "A task name has 1 to 100 letters, digits, '_', '.' or '-'.", "task"),
            _ when options.Id is null || !Names.IsValidId(options.Id) =>
                new(ErrorCodes.InvalidId, "An id has 1 to 128 letters, digits, '_', '.' or '-'.", "id"),
            _ when options.Queue is { } queue && !Names.IsValidQueue(queue) =>
                new(ErrorCodes.InvalidQueue, "A queue's name has 1 to 100 letters, digits, '_', '.' or '-'.", "queue"),
            _ when options.Priority is < 0 or > 9 =>
                new(ErrorCodes.InvalidPriority, "A priority is a whole number from 0 to 9; 9 is taken first.", "priority"),
            _ when options.MaxAttempts is < 1 or > 1000 =>
                new(ErrorCodes.InvalidMaxAttempts, "A task has 1 to 1000 attempts.", "maxAttempts"),
            _ when options.Delay is { } delay && (delay < TimeSpan.Zero || delay > LongestDelay) =>
                new(ErrorCodes.InvalidDelay, "A delay is between 0 and 10 years.", "delay"),
            _ when options.Delay is not null && options.DueAt is not null =>
                new(ErrorCodes.InvalidDelay, "Give a delay or a due instant, not both.", "dueAt"),
            _ when submission.Args.Length > maxArgsBytes =>
                new(ErrorCodes.ArgumentsTooLarge, $"The arguments have {submission.Args.Length} bytes; {maxArgsBytes} are taken at most.", "args"),
            _ => CheckShape(submission.Args),
        };
    }

    private static TaskRefusal? CheckShape(JsonText args)
    {
        try
        {
            var reader = new Utf8JsonReader(args.Utf8.Span);
            reader.Read();
            var isShape = reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray;
            reader.Skip();
            return isShape && !reader.Read() ? null : NoShape();
        }
        catch (JsonException)
        {
            return NoShape();
        }
    }

    private static TaskRefusal NoShape() =>
        new(ErrorCodes.InvalidArguments, "Arguments are a JSON object (by name) or array (by position).", "args");
}
