namespace TaskGrid;

/// <summary>Marks a type as the arguments of a task with a result, so that a submit knows the result's type.</summary>
/// <typeparam name="TResult">What the handler returns.</typeparam>
#pragma warning disable CA1040 // The marker carries the result's type to the caller's handle.
public interface IGridTask<TResult>;
#pragma warning restore CA1040
