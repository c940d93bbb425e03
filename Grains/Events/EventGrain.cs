using Orleans.Concurrency;
using TaskGrid.Workers;

namespace TaskGrid.Events;

/// <summary>Passes on to all silos what somebody listens to.</summary>
[StatelessWorker, Reentrant, GrainType("taskgrid-events")]
internal sealed class EventGrain(WorkerServiceClient workers, ISiloStatusOracle silos, TimeProvider time) : Grain, IEventGrain
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    public Task Listen(EventInterest interest) =>
        Task.WhenAll(silos.GetApproximateSiloStatuses(onlyActive: true).Keys.Select(silo => TellAsync(silo, interest)));

    private async Task TellAsync(SiloAddress silo, EventInterest interest)
    {
        try
        {
            await workers.On(silo).Listen(interest).WaitAsync(s_patience, time);
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            // It is told again in a few seconds, if it is still there.
        }
    }
}
