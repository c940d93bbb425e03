using System.Text;

namespace TaskGrid.DevMail;

/// <summary>One line that a client sent as a command.</summary>
/// <param name="Verb">The first word, in upper case.</param>
/// <param name="Argument">What follows it.</param>
internal readonly record struct SmtpCommand(string Verb, string Argument)
{
    public static SmtpCommand Parse(byte[] line)
    {
        var text = Encoding.UTF8.GetString(line).Trim();
        var space = text.IndexOf(' ', StringComparison.Ordinal);
        return space < 0 ? new(text.ToUpperInvariant(), "") : new(text[..space].ToUpperInvariant(), text[(space + 1)..].Trim());
    }

    /// <summary>Reads <c>FROM:&lt;address&gt; parameters</c>; the address may be empty, as a bounce's sender is.</summary>
    public bool TryReadPath(string keyword, out string address, out string parameters)
    {
        (address, parameters) = ("", "");
        if (!Argument.StartsWith(keyword + ":", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var path = Argument[(keyword.Length + 1)..].TrimStart();
        var end = EndOfPath(path);
        if (path is not ['<', ..] || end < 0)
        {
            return false;
        }

        (address, parameters) = (path[1..end], path[(end + 1)..]);
        return true;
    }

    /// <summary>The number of bytes that <c>SIZE=n</c> announces; 0 when it doesn't.</summary>
    public static long AnnouncedSize(string parameters) => parameters.Split(' ')
        .Where(p => p.StartsWith("SIZE=", StringComparison.OrdinalIgnoreCase))
        .Select(p => long.TryParse(p["SIZE=".Length..], out var size) ? size : 0)
        .FirstOrDefault();

    // A quoted local part may hold a ">".
    private static int EndOfPath(string path)
    {
        var quoted = false;
        for (var i = 0; i < path.Length; i++)
        {
            switch (path[i])
            {
                case '\\' when quoted:
                    i++;
                    break;
                case '"':
                    quoted = !quoted;
                    break;
                case '>' when !quoted:
                    return i;
            }
        }

        return -1;
    }
}
