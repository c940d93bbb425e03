namespace TaskGrid.Store;

/// <summary>An operation to be cut after each of its writes, and what the engine does about it afterwards.</summary>
/// <param name="Arrange">What comes before.</param>
/// <param name="Operation">What is cut.</param>
/// <param name="Recover">What follows in the engine, whatever part of the operation was carried out, and what must be true then.</param>
internal sealed record CutScenario(Func<TestGrid, Task> Arrange, Func<TestGrid, Task> Operation, Func<TestGrid, Task> Recover);
