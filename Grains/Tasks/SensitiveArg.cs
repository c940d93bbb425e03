namespace TaskGrid.Tasks;

/// <summary>An argument that only the handler sees.</summary>
/// <param name="Name">Its name in arguments that are an object.</param>
/// <param name="Position">Its place in arguments that are an array, from 0; <c>null</c> when they can't be one, or it has none there.</param>
internal sealed record SensitiveArg(string Name, int? Position = null);
