using System.Globalization;

namespace TaskGrid.Tasks;

/// <summary>
/// The part of a record that changes, as the scripts tell it: one line of 20 words. <see cref="Code"/> is W (waits for its
/// first attempt), R (waits for another one), S, F or C; "running" is the existence of a lease.
/// </summary>
internal readonly record struct StateLine(
    char Code, long Version, int Attempt, int Interruptions, int Crashes, long Issued, long Applied, int Priority, long Place,
    long Due, long Created, long Started, long Finished, string Queue, string Lane, string Hash, string Reason, string Worker, int Forgiven, string Flags)
{
    /// <summary>What stands for "none" in a word.</summary>
    public const string None = "-";

    public bool IsFinal => Code is 'S' or 'F' or 'C';

    /// <summary>The line of a task that has just been accepted.</summary>
    public static StateLine Accepted(int priority, long place, long due, long now, string queue, string lane, string hash, string flags) =>
        new('W', 1, 0, 0, 0, 0, 0, priority, place, due, now, 0, 0, queue, lane, hash, None, None, 0, flags);

    /// <summary>Reads it in the order in which the scripts tell it: what attempts change, what stays, the hash and the worker.</summary>
    public static StateLine Parse(string line)
    {
        var words = new Words(line);
        var (code, version, attempt, interruptions, crashes, issued) = (words.Next()[0], words.Long(), words.Int(), words.Int(), words.Int(), words.Long());
        var applied = words.LongOr(issued);
        var (started, finished, reason, forgiven, flags) = (words.Long(), words.Long(), words.Text(), words.Int(), words.Text());
        var (priority, place, due, created, queue, lane) = (words.Int(), words.Long(), words.Long(), words.Long(), words.Text(), words.Text());
        var (hash, worker) = (words.Text(), words.Text());
        return new(
            code, version, attempt, interruptions, crashes, issued, applied, priority, place, due, created, started, finished, queue, lane, hash, reason, worker, forgiven, flags);
    }

    // Each task's line is read several times: no array of strings for the numbers in it.
    private ref struct Words(ReadOnlySpan<char> rest)
    {
        private ReadOnlySpan<char> _rest = rest;

        public ReadOnlySpan<char> Next()
        {
            var end = _rest.IndexOf(' ');
            var word = end < 0 ? _rest : _rest[..end];
            _rest = end < 0 ? [] : _rest[(end + 1)..];
            return word;
        }

        public long Long() => long.Parse(Next(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

        /// <summary>A number, or the given one where an equals sign stands for it.</summary>
        public long LongOr(long same)
        {
            var word = Next();
            return word is "=" ? same : long.Parse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        }

        public int Int() => int.Parse(Next(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

        public string Text()
        {
            var word = Next();
            return word is None ? None : word.ToString();
        }
    }
}
