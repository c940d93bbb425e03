using System.Buffers;

namespace TaskGrid.Requests;

/// <summary>The rule of ids, applied before one from a URL becomes the key of a grain.</summary>
internal static class TaskIds
{
    private const int MaxLength = 128;

    private static readonly SearchValues<char> s_allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-");

    public static TaskRefusal? Check(string id) => id.Length is > 0 and <= MaxLength && id is not ("." or "..") && !id.AsSpan().ContainsAnyExcept(s_allowed)
        ? null
        : new(ErrorCodes.InvalidId, $"An id has 1 to {MaxLength} letters, digits, '_', '.' or '-'.", "id");
}
