using Orleans.Concurrency;
using TaskGrid.Storage;

namespace TaskGrid.Queues;

/// <summary>The dispatcher of one queue, keyed by the queue's name: it decides which silo gets what.</summary>
[Alias("taskgrid.queue")]
internal interface IQueueGrain : IGrainWithStringKey
{
    /// <summary>
    /// A worker's demand: answered with leases as soon as there are some, or empty after <see cref="TakeRequest.Hold"/>. The
    /// same sequence number gets the same answer again; a lower one, which is a ghost of a call given up, gets nothing.
    /// </summary>
    [Alias("Take"), AlwaysInterleave]
    Task<TakeReply> Take(TakeRequest request);

    /// <summary>
    /// Says that there may be work: at once, or in <paramref name="dueIn"/>. Where it is at once, this is answered when the dispatcher has looked, or
    /// a second later: until then another nudge would say nothing new.
    /// </summary>
    /// <exception cref="GridUnavailableException">The dispatcher goes; another one has to be told.</exception>
    [Alias("Nudge"), AlwaysInterleave]
    Task Nudge(TimeSpan dueIn);
}

/// <summary>What a worker asks of a dispatcher.</summary>
/// <param name="Worker">The silo's incarnation.</param>
/// <param name="Capabilities">The hash of the task names that it can run.</param>
/// <param name="Sequence">Grows with each new request of the worker to this queue.</param>
/// <param name="Max">How many leases it can begin now.</param>
/// <param name="Idle">How many of them it can begin at once; tasks with a limit are leased for these only.</param>
/// <param name="Hold">How long the dispatcher may keep the call when nothing is ready.</param>
[GenerateSerializer, Immutable, Alias("taskgrid.take")]
internal sealed record TakeRequest(
    [property: Id(0)] string Worker,
    [property: Id(1)] string Capabilities,
    [property: Id(2)] long Sequence,
    [property: Id(3)] int Max,
    [property: Id(4)] int Idle,
    [property: Id(5)] TimeSpan Hold);

/// <summary>What a dispatcher answers.</summary>
/// <param name="Leases">What the worker is to run; empty when nothing was ready.</param>
/// <param name="WorkerIsDead">Whether the store says that this incarnation of the silo is dead.</param>
/// <param name="NeedsSlot">Whether there is work that has to begin at once, for which the worker had no free slot when it asked.</param>
[GenerateSerializer, Immutable, Alias("taskgrid.take-reply")]
internal sealed record TakeReply(
    [property: Id(0)] IReadOnlyList<GrantedLease> Leases,
    [property: Id(1)] bool WorkerIsDead,
    [property: Id(2)] bool NeedsSlot = false)
{
    public static TakeReply Empty { get; } = new([], false);
}
