using System.Text.RegularExpressions;
using TaskGrid.Handlers;

namespace TaskGrid.Tasks;

/// <summary>What a request for a list of tasks must satisfy. Pure.</summary>
internal static partial class TaskListRules
{
    public const int MaxLimit = 200;
    private const int LongestText = 200;

    public static TaskRefusal? Check(TaskListRequest request) => request switch
    {
        { Limit: < 1 or > MaxLimit } => Option($"A limit is a whole number from 1 to {MaxLimit}.", "limit"),
        { Cursor: { } cursor } when !CursorText().IsMatch(cursor) => Option("That is not the next of any page.", "cursor"),
        _ => Check(request.Filter),
    };

    public static TaskRefusal? Check(TaskFilter filter) => filter switch
    {
        { State: { } state } when !Enum.IsDefined(state) => Option("There is no such state.", "state"),
        { Queue: { } queue } when !NamePattern.IsValid(queue, Names.IsValidQueue) =>
            new(ErrorCodes.InvalidQueue, "A queue's name has 1 to 100 letters, digits, '_', '.' or '-', and may have a '*' after its beginning.", "queue"),
        { Task: { } task } when !NamePattern.IsValid(task, Names.IsValidTaskName) =>
            new(ErrorCodes.InvalidTaskName, "A task name has 1 to 100 letters, digits, '_', '.' or '-', and may have a '*' after its beginning.", "task"),
        { Tag: { } tag } when SettingsRules.CheckTags([tag]) is not null => Option("A tag has 1 to 100 characters, without spaces and commas.", "tag"),
        { Parent: { } parent } when !Names.IsValidId(parent) => new(ErrorCodes.InvalidId, "An id has 1 to 128 letters, digits, '_', '.' or '-'.", "parent"),
        { Worker: { } worker } when !NamePattern.IsValid(worker, WorkerName().IsMatch) =>
            Option("A worker's name has 1 to 200 characters, none of them a space or a control character, and may have a '*' after its beginning.", "worker"),
        { Since: { } since, Until: { } until } when since > until => Option("The list would end before it begins.", "until"),
        { Text: { } text } when !SettingsRules.IsText(text, LongestText) => Option($"A text has 1 to {LongestText} characters, none of them control characters.", "text"),
        _ => null,
    };

    private static TaskRefusal Option(string message, string field) => new(ErrorCodes.InvalidOption, message, field);

    [GeneratedRegex(@"^[0-9]{1,16}\.[A-Za-z0-9_.-]{1,128}\z")]
    private static partial Regex CursorText();

    // An address and a number, as SiloIncarnation has it: whatever can be seen, but no second asterisk.
    [GeneratedRegex(@"^[\x21-\x29\x2B-\x7E]{1,200}\z")]
    private static partial Regex WorkerName();
}
