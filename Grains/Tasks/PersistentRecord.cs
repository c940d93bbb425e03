using System.Reflection;
using TaskGrid.Storage;

namespace TaskGrid.Tasks;

/// <summary>Gives a task grain its record out of the task store: the grain's state is the result backend.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
internal sealed class PersistentRecordAttribute() : PersistentStateAttribute("record");

/// <summary>
/// What stands behind the attribute. Orleans' own persistent state is read with every activation, of which there is one for each task: that was an eighth of
/// all that a silo did.
/// </summary>
internal sealed class PersistentRecordFactory(TaskStore store) : IAttributeToFactoryMapper<PersistentRecordAttribute>
{
    public Factory<IGrainContext, object> GetFactory(ParameterInfo parameter, PersistentRecordAttribute metadata) =>
        context =>
        {
            var id = context.GrainId.Key.ToString()!;
            return new PersistentRecord(() => store.ReadAsync(id));
        };
}

/// <summary>A task's record as the state of its grain: read when it is asked for. It is changed by the named operations of the task store only.</summary>
/// <param name="read">Asks the store for it; <c>null</c> when there is none.</param>
internal sealed class PersistentRecord(Func<Task<TaskRecord?>> read) : IPersistentState<TaskRecord>
{
    private static readonly TaskRecord s_none = new();
    private int _asked;
    private int _answered;

    public TaskRecord State { get; set; } = s_none;

    public bool RecordExists => State != s_none;

    public string? Etag => RecordExists ? $"{State.Version}" : null;

    /// <summary>Reads what the store says now: never one that had been asked for before.</summary>
    /// <exception cref="GridUnavailableException">The store did not answer.</exception>
    public async Task ReadStateAsync()
    {
        var asked = ++_asked;
        var found = await StoreCalls.AskAsync(read);
        if (asked > _answered)
        {
            _answered = asked;
            State = found ?? s_none;
        }
    }

    public Task WriteStateAsync() => throw new NotSupportedException("A task's record changes by the operations of the task store.");

    public Task ClearStateAsync() => throw new NotSupportedException("A task's record is removed by retention.");
}
