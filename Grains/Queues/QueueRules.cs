using TaskGrid.Handlers;
using TaskGrid.Tasks;

namespace TaskGrid.Queues;

/// <summary>What a queue's name and settings must satisfy. Pure.</summary>
internal static class QueueRules
{
    private const int MaxNamedLimits = 1000;

    public static TaskRefusal? Check(string queue) => Names.IsValidQueue(queue)
        ? null
        : new(ErrorCodes.InvalidQueue, "A queue's name has 1 to 100 letters, digits, '_', '.' or '-'.", "queue");

    /// <summary>The same for a queue that tasks are to go to.</summary>
    public static TaskRefusal? CheckTarget(string queue) => Names.IsOwn(queue)
        ? new(ErrorCodes.InvalidQueue, "Queues whose name begins with 'taskgrid.' are the grid's own.", "queue")
        : Check(queue);

    public static TaskRefusal? Check(QueueSettings settings) => settings switch
    {
        { Defaults: { } defaults } when SettingsRules.Check(defaults) is { } broken => new(broken.Code, broken.ToString(), $"defaults.{broken.Field}"),
        { TaskLimits.Count: > MaxNamedLimits } => Option($"At most {MaxNamedLimits} task names have limits of their own.", "taskLimits"),
        { KeyLimits.Count: > MaxNamedLimits } => Option($"At most {MaxNamedLimits} keys have limits of their own.", "keyLimits"),
        { TaskLimits: { } tasks } when tasks.Keys.FirstOrDefault(t => !Names.IsValidTaskName(t)) is { } bad => Option($"'{bad}' is no task name.", "taskLimits"),
        { KeyLimits: { } keys } when keys.Keys.Any(k => !SettingsRules.IsText(k, 128)) => Option("A concurrency key has 1 to 128 characters.", "keyLimits"),
        { AgeingInterval: { } interval } when interval < TimeSpan.FromSeconds(1) || interval > SettingsRules.Longest => Option("An ageing interval is between 1 s and 10 years.", "ageingInterval"),
        { Fair: true, AgeingInterval: not null } => Option("Lanes take turns, or tasks age; not both.", "ageingInterval"),
        _ => CheckLimits(settings),
    };

    private static TaskRefusal? CheckLimits(QueueSettings settings) =>
        CheckLimit("limits", settings.Limits) ?? CheckLimit("eachKeyLimits", settings.EachKeyLimits)
        ?? First("taskLimits", settings.TaskLimits) ?? First("keyLimits", settings.KeyLimits);

    private static TaskRefusal? First(string field, IReadOnlyDictionary<string, Limits>? limits) =>
        limits?.Select(l => CheckLimit($"{field}.{l.Key}", l.Value)).FirstOrDefault(r => r is not null);

    private static TaskRefusal? CheckLimit(string field, Limits? limits) =>
        SettingsRules.CheckLimit("Concurrency", limits?.Concurrency, limits?.Rate) is { } broken ? Option(broken.ToString(), field) : null;

    private static TaskRefusal Option(string message, string field) => new(ErrorCodes.InvalidOption, message, field);
}
