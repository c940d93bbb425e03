namespace TaskGrid;

/// <summary>Tells the silos what somebody listens to.</summary>
[Alias("taskgrid.event-grain")]
public interface IEventGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// From the answer on, all silos that are there publish what a listener hears, for ten seconds. A listener says again and again what it
    /// hears, and more often when that changes.
    /// </summary>
    [Alias("Listen")]
    Task Listen(EventInterest interest);
}

/// <summary>What a listener hears.</summary>
/// <param name="Listener">Its name, and its stream's.</param>
/// <param name="Number">Grows with each that it says: an older one does not undo a newer one.</param>
/// <param name="Everything">Whether it hears of all tasks.</param>
/// <param name="Ids">Else the tasks that it hears of.</param>
[GenerateSerializer, Immutable, Alias("taskgrid.event-interest")]
public sealed record EventInterest([property: Id(0)] string Listener, [property: Id(1)] long Number, [property: Id(2)] bool Everything, [property: Id(3)] IReadOnlyList<string> Ids);
