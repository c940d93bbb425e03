namespace TaskGrid;

/// <summary>A law that many made-up cases are held against.</summary>
internal static class Property
{
    /// <summary>How many cases each law is tried on.</summary>
    public const int Cases = 100_000;

    /// <summary>The first case that breaks the law, as text; <c>null</c> when none does. The cases are the same in each run.</summary>
    /// <param name="make">Makes a case.</param>
    /// <param name="holds">The law; of a case that it says nothing about it is true.</param>
    public static string? Counterexample<T>(Func<Random, T> make, Func<T, bool> holds)
    {
        var random = new Random(2026);
        for (var i = 0; i < Cases; i++)
        {
            var made = make(random);
            if (!holds(made))
            {
                return $"case {i}: {made}";
            }
        }

        return null;
    }

    /// <summary>One of these.</summary>
    public static T One<T>(this Random random, params ReadOnlySpan<T> of) => of[random.Next(of.Length)];

    /// <summary>A span of whole milliseconds, of any order of magnitude up to a longest.</summary>
    public static TimeSpan Span(this Random random, TimeSpan longest) =>
        TimeSpan.FromMilliseconds(Math.Floor(Math.Pow(longest.TotalMilliseconds + 1, random.NextDouble())) - 1);
}
