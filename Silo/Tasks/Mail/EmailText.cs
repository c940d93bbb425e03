using System.Text;

namespace TaskGrid.Mail;

/// <summary>Checks the words of a mail before anything is sent: pure, so that a web route can refuse what the handler would.</summary>
public static class EmailText
{
    /// <summary>The longest content, in bytes of UTF-8: 256 kB.</summary>
    public const int MaxContentBytes = 256 * 1024;

    /// <summary>The longest subject, in characters.</summary>
    public const int MaxSubjectLength = 255;

    /// <summary>Whether it can be the text of a mail; it may be empty.</summary>
    /// <returns>What is wrong, as a sentence for the caller; <c>null</c> when nothing is.</returns>
    public static string? CheckContent(string? content) => content switch
    {
        null => "The content is missing.",
        _ when Encoding.UTF8.GetByteCount(content) > MaxContentBytes => $"The content is longer than {MaxContentBytes / 1024} kB.",
        _ => null,
    };

    /// <summary>
    /// Whether it can be a subject line; <c>null</c> stands for the default. Line breaks and other control characters are
    /// refused, because the mail would carry something else than was asked for.
    /// </summary>
    /// <inheritdoc cref="CheckContent"/>
    public static string? CheckSubject(string? subject) => subject switch
    {
        null => null,
        { Length: > MaxSubjectLength } => $"The subject is longer than {MaxSubjectLength} characters.",
        _ when subject.Any(char.IsControl) => "The subject holds a line break or another control character.",
        _ => null,
    };
}
