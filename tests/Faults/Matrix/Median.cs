namespace TaskGrid.Faults.Matrix;

/// <summary>What a figure is as a rule, where single looks say little.</summary>
internal static class Median
{
    public static double Of(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }
}
