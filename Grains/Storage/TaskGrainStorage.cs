using Orleans.Storage;
using TaskGrid.Tasks;

namespace TaskGrid.Storage;

/// <summary>
/// Lets a task grain hold its record as persistent state: the grain's state is the result backend. It reads; records are
/// written by the store's named operations only, each of which says what may change.
/// </summary>
internal sealed class TaskGrainStorage(TaskStore store, LeasedRecords leased) : IGrainStorage
{
    public const string Name = "taskgrid";

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var state = (IGrainState<TaskRecord>)grainState;
        var id = grainId.Key.ToString()!;
        // Only an activation's first read may be answered from the lease: later ones ask what has become of the task.
        var record = state.ETag is null && leased.TryTake(id, out var held) ? held : await StoreCalls.AskAsync(() => store.ReadAsync(id));
        state.State = record ?? new();
        state.RecordExists = record is not null;
        state.ETag = record is null ? null : $"{record.Version}";
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        throw new NotSupportedException("A task's record changes by the operations of the task store.");

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        throw new NotSupportedException("A task's record is removed by retention.");
}
