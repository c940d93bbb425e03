using Xunit;

namespace TaskGrid.Faults;

/// <summary>What says how fast, how even or how soon has the machine to itself; the others, which wait most of the time, go two at a time before.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
