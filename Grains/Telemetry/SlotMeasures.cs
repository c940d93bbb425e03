using System.Diagnostics.Metrics;
using TaskGrid.Workers;

namespace TaskGrid.Telemetry;

/// <summary>How busy this silo's worker is. The meter is the silo's own, under the common name: it goes with the silo.</summary>
internal sealed class SlotMeasures(Slots slots) : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private readonly Meter _meter = new(TaskGridTelemetry.MeterName);

    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(nameof(SlotMeasures), ServiceLifecycleStage.Active, Start);

    public void Dispose() => _meter.Dispose();

    private Task Start(CancellationToken cancellationToken)
    {
        _meter.CreateObservableUpDownCounter("taskgrid.worker.slots", () => slots.Count, "{slot}", "Slots of the silo's worker.");
        _meter.CreateObservableUpDownCounter("taskgrid.worker.slots.used", () => slots.Running, "{slot}", "Slots in which a handler runs, those that leak included.");
        _meter.CreateObservableUpDownCounter("taskgrid.worker.slots.leaked", () => slots.Leaked, "{slot}", "Slots held by code whose attempt is over.");
        return Task.CompletedTask;
    }
}
