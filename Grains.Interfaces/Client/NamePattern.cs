namespace TaskGrid;

/// <summary>The one rule of patterns for names of queues and tasks: a name, or the beginning of names with a <c>*</c> after it. Pure.</summary>
internal static class NamePattern
{
    private const char Any = '*';

    /// <summary>Whether a name is meant.</summary>
    public static bool Fits(string pattern, string name) =>
        pattern.EndsWith(Any) ? name.AsSpan().StartsWith(pattern.AsSpan(0, pattern.Length - 1), StringComparison.Ordinal) : pattern == name;

    /// <summary>Whether a text is a pattern, by what a name may be; <c>*</c> alone is one.</summary>
    public static bool IsValid(string text, Func<string, bool> isName) => text.Length == 1 && text[0] == Any || isName(text.EndsWith(Any) ? text[..^1] : text);
}
