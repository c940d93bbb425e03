using System.Text.Json;
using Orleans.Concurrency;
using TaskGrid.Storage;
using TaskGrid.Tasks;

namespace TaskGrid.Access;

/// <summary>Writes the log, from whichever silo is asked.</summary>
[StatelessWorker, Reentrant, GrainType("taskgrid-audit")]
internal sealed class AuditGrain(AuditStore audit) : Grain, IAuditGrain
{
    public Task<long> Add(AuditEntry entry) => StoreCalls.AskAsync(() => audit.AddAsync(JsonSerializer.Serialize(entry, StoredJson.Default.AuditEntry)));

    public Task End(long number, int status) => StoreCalls.AskAsync(async () =>
    {
        await audit.EndAsync(number, status);
        return true;
    });

    public async Task<IReadOnlyList<AuditEntry>> Read(long? below, int max) =>
        [.. (await StoreCalls.AskAsync(() => audit.ReadAsync(below, max))).Select(Parse)];

    private static AuditEntry Parse(AuditLine line) => JsonSerializer.Deserialize(line.Entry, StoredJson.Default.AuditEntry)! with
    {
        Number = line.Number,
        At = DateTimeOffset.FromUnixTimeMilliseconds(line.At),
        Status = line.Status,
    };
}
