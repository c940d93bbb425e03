using Microsoft.Extensions.Logging;
using TaskGrid.Tasks;

namespace TaskGrid.Workers;

/// <summary>
/// What a running attempt has reported last. The store has it up to 250 ms later; the worker that runs it has it at once. It is asked over the
/// network only for attempts that have reported something before.
/// </summary>
internal sealed partial class LiveProgress(HeldLeases held, WorkerServiceClient workers, SiloIncarnation self, TimeProvider time, ILogger<LiveProgress> logger)
{
    // A silo that is frozen or dead must not hold up those who ask: they get what is stored.
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(500);

    /// <summary>The newest progress of an attempt that runs on this silo.</summary>
    public JsonText? Find(string id, long token) => held.Find(id) is { } attempt && attempt.Lease.Token == token ? attempt.Progress?.Latest : null;

    /// <summary>The newest progress of a record's running attempt; <c>null</c> when what is stored is all that is known.</summary>
    public async ValueTask<JsonText?> ReadAsync(TaskRecord record)
    {
        if (record.Running is not { } lease)
        {
            return null;
        }

        var silo = SiloIncarnation.AddressOf(lease.Silo);
        if (silo.Equals(self.Address))
        {
            return Find(record.Id, lease.Token);
        }

        if (record.Progress is null)
        {
            return null;
        }

        try
        {
            return await workers.On(silo).GetProgress(record.Id, lease.Token).WaitAsync(s_patience, time).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            LogNotAsked(record.Id, lease.Silo, e.Message);
            return null;
        }
    }

    [LoggerMessage(LogLevel.Debug, "The progress of task {TaskId} is that of the store, since {Silo} did not tell: {Reason}")]
    private partial void LogNotAsked(string taskId, string silo, string reason);
}
