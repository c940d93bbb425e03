namespace TaskGrid;

/// <summary>
/// Finds the attempt that the calling code runs in, for services that are not handed its context. Prefer a parameter: this costs what
/// any ambient value costs, and code that goes on after its attempt has ended finds nothing here.
/// </summary>
public interface ITaskContextAccessor
{
    /// <summary>The context of the attempt that runs; <c>null</c> outside of one.</summary>
    TaskContext? TaskContext { get; }
}
