using ScottPlot;

namespace TaskGrid.Bench;

/// <summary>What can be compared with peers, as a picture.</summary>
internal static class Plot
{
    private const int Width = 860;
    private const int RowHeight = 34;

    /// <summary>Writes an SVG of the tasks per second of each contender; nothing when there is no such figure.</summary>
    public static bool Write(Results results, string file)
    {
        var bars = new List<(string Label, double Value, Color Color)>();
        foreach (var (scenario, words) in new[] { ("drain", "drain"), ("single", "single submits") })
        {
            foreach (var (name, color) in Peers.Names.Reverse().Append(TaskGridContender.GridName).Select(n => (n, ColorOf(n))))
            {
                if (results.Of(scenario, name)?.Median(Figure.Throughput) is { } value)
                {
                    bars.Add(($"{words}, {name}", value, color));
                }
            }
        }

        if (bars.Count == 0)
        {
            return false;
        }

        using var plot = new ScottPlot.Plot();
        var drawn = plot.Add.Bars(bars.Select((b, i) => new Bar { Position = i, Value = b.Value, FillColor = b.Color, LineWidth = 0, Label = Numbers.Show(b.Value), Orientation = Orientation.Horizontal }).ToArray());
        drawn.Horizontal = true;
        plot.Axes.Left.SetTicks([.. bars.Select((_, i) => (double)i)], [.. bars.Select(b => b.Label)]);
        plot.Axes.Left.MajorTickStyle.Length = 0;
        plot.Axes.SetLimitsX(0, bars.Max(b => b.Value) * 1.15);
        plot.HideGrid();
        plot.XLabel("tasks/s, medians, everything on one machine");
        plot.SaveSvg(file, Width, (bars.Count * RowHeight) + 80);
        return true;
    }

    private static Color ColorOf(string name) => name == TaskGridContender.GridName ? Color.FromHex("#2563eb") : Color.FromHex("#9ca3af");
}
