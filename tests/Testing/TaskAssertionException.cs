namespace TaskGrid.Testing;

/// <summary>What a test expected has not happened. Every test framework shows it as a failure.</summary>
/// <param name="message">What was expected, and what there was instead.</param>
public sealed class TaskAssertionException(string message) : Exception(message);
