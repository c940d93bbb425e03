namespace TaskGrid.Bench;

/// <summary>The runs of one scenario, of one contender.</summary>
internal sealed class Summary(IReadOnlyList<Measurement> runs)
{
    public int Count => runs[0].Count;

    public int Runs => runs.Count;

    public IEnumerable<string> Figures => runs[0].Figures.Keys;

    /// <summary>The median of a figure; <c>null</c> when it was not taken.</summary>
    public double? Median(string figure) => runs[0].Figures.ContainsKey(figure) ? Statistics.Median([.. runs.Select(r => r.Figures[figure])]) : null;

    /// <summary>A figure as it is shown: its median, and the least and the most when there is more than one run.</summary>
    public string Show(string figure)
    {
        if (Median(figure) is not { } median)
        {
            return "";
        }

        var values = runs.Select(r => r.Figures[figure]).ToList();
        return Runs == 1 ? Numbers.Show(median) : $"{Numbers.Show(median)} ({Numbers.Show(values.Min())} to {Numbers.Show(values.Max())})";
    }
}

/// <summary>Numbers as people read them: three digits that matter.</summary>
internal static class Numbers
{
    public static string Show(double value) => Math.Abs(value) switch
    {
        >= 100 => value.ToString("#,0"),
        >= 10 => value.ToString("0.#"),
        _ => value.ToString("0.##"),
    };
}
