using System.Collections.Concurrent;

namespace TaskGrid.Tasks;

/// <summary>
/// Records that came with a lease, for the task grain that is activated to run it: its first read is answered from here, so
/// running a task does not cost a read of the store.
/// </summary>
internal sealed class LeasedRecords
{
    private readonly ConcurrentDictionary<string, TaskRecord> _records = new(StringComparer.Ordinal);

    public void Put(TaskRecord record) => _records[record.Id] = record;

    /// <summary>Each record answers one read: later ones must see what the store says then.</summary>
    public bool TryTake(string id, out TaskRecord? record) => _records.TryRemove(id, out record);
}
