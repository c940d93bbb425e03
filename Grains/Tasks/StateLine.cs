using System.Globalization;

namespace TaskGrid.Tasks;

/// <summary>
/// The part of a record that changes, as the scripts keep it: one line of 18 words. <see cref="Code"/> is W (waits for its
/// first attempt), R (waits for another one), S, F or C; "running" is the existence of a lease.
/// </summary>
internal readonly record struct StateLine(
    char Code, long Version, int Attempt, int Interruptions, int Crashes, long Issued, long Applied, int Priority, long Place,
    long Due, long Created, long Started, long Finished, string Queue, string Lane, string Hash, string Reason, string Worker)
{
    public bool IsFinal => Code is 'S' or 'F' or 'C';

    public static StateLine Parse(string line)
    {
        var words = line.Split(' ');
        return new(
            words[0][0], Long(words[1]), Int(words[2]), Int(words[3]), Int(words[4]), Long(words[5]), Long(words[6]), Int(words[7]), Long(words[8]),
            Long(words[9]), Long(words[10]), Long(words[11]), Long(words[12]), words[13], words[14], words[15], words[16], words[17]);
    }

    private static long Long(string word) => long.Parse(word, CultureInfo.InvariantCulture);

    private static int Int(string word) => int.Parse(word, CultureInfo.InvariantCulture);
}
