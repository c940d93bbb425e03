namespace TaskGrid;

/// <summary>Thrown by a handler to fail the task now: another attempt would not help.</summary>
/// <param name="message">The task's error message.</param>
/// <param name="inner">The cause; its type becomes the error's type.</param>
public sealed class PermanentFailureException(string message, Exception? inner = null) : Exception(message, inner);
