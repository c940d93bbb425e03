using System.Globalization;

namespace TaskGrid.Tasks;

/// <summary>
/// What the scripts have to know of a task beside its state line, if it asked for any of it: one line of 7 words. Absent for plain
/// tasks, which is what most are.
/// </summary>
/// <param name="Expires">Unix milliseconds before which it must have started; 0 means never.</param>
/// <param name="Deadline">Unix milliseconds by which it must be final; 0 means never.</param>
internal readonly record struct TermsLine(long Expires, long Deadline)
{
    public static TermsLine Parse(string? line)
    {
        if (string.IsNullOrEmpty(line))
        {
            return default;
        }

        var words = line.Split(' ');
        return new(long.Parse(words[0], CultureInfo.InvariantCulture), long.Parse(words[1], CultureInfo.InvariantCulture));
    }
}
