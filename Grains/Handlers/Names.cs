using System.Buffers;

namespace TaskGrid.Handlers;

/// <summary>The one rule of names: ASCII letters, digits, <c>_ . -</c>.</summary>
internal static class Names
{
    public const int MaxNameLength = 100;
    public const int MaxIdLength = 128;

    private const string OwnPrefix = "taskgrid.";

    private static readonly SearchValues<char> s_allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-");

    public static bool IsValidTaskName(string? name) => IsValid(name, MaxNameLength);

    public static bool IsValidQueue(string? name) => IsValid(name, MaxNameLength);

    public static bool IsValidId(string? id) => IsValid(id, MaxIdLength);

    /// <summary>Whether a task name, queue or id is the grid's own, which nobody can submit: what lies there tells receivers of tasks of others.</summary>
    public static bool IsOwn(string name) => name.StartsWith(OwnPrefix, StringComparison.Ordinal);

    // A dot, or two, is a step in a path: no address would lead to it.
    private static bool IsValid(string? name, int maxLength) =>
        !string.IsNullOrEmpty(name) && name.Length <= maxLength && name is not ("." or "..") && !name.AsSpan().ContainsAnyExcept(s_allowed);
}
