namespace TaskGrid.Handlers;

/// <summary>The handler ran to its end, but what it returned can't be written as JSON (<see cref="ErrorCodes.ResultNotSerializable"/>).</summary>
internal sealed class ResultNotSerializableException(string message, Exception? cause = null) : Exception(message, cause);
