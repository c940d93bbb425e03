using System.Globalization;

namespace TaskGrid.Tasks;

/// <summary>
/// A lease as the scripts keep it: who may run which attempt, the token that fences it, and the permits that it holds: a letter for
/// each limit that it is counted in, <c>-</c> for none.
/// </summary>
internal readonly record struct LeaseLine(long Token, string Silo, int Attempt, long Started, bool Begun, bool CancelRequested, string Permits = "-")
{
    public static LeaseLine Parse(string line)
    {
        var words = line.Split(' ');
        return new(
            long.Parse(words[0], CultureInfo.InvariantCulture), words[1], int.Parse(words[2], CultureInfo.InvariantCulture),
            long.Parse(words[3], CultureInfo.InvariantCulture), words[4] == "1", words[5] == "1", words[6]);
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Token} {Silo} {Attempt} {Started} {(Begun ? 1 : 0)} {(CancelRequested ? 1 : 0)} {Permits}");
}
