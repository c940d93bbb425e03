namespace TaskGrid.Bench;

/// <summary>The results as Markdown: the targets first, then a table for each scenario.</summary>
internal static class MarkdownReport
{
    private const string Begin = "<!-- bench -->";
    private const string End = "<!-- /bench -->";

    public static string Write(Results results)
    {
        var text = new StringWriter { NewLine = "\n" };
        text.WriteLine($"{results.Machine}. Medians of the runs, the least and the most in brackets.");
        WriteTargets(text, results);
        foreach (var scenario in AllScenarios.List.Where(s => results.Of(s.Name, TaskGridContender.GridName) is not null))
        {
            WriteScenario(text, results, scenario);
        }

        return text.ToString();
    }

    /// <summary>Puts a report between the marks of a page.</summary>
    public static void PutInto(string page, string report)
    {
        var text = File.ReadAllText(page);
        var (begin, end) = (text.IndexOf(Begin, StringComparison.Ordinal), text.IndexOf(End, StringComparison.Ordinal));
        if (begin < 0 || end < begin)
        {
            throw new InvalidOperationException($"{page} has no place for a report: the lines {Begin} and {End}.");
        }

        File.WriteAllText(page, $"{text[..(begin + Begin.Length)]}\n{report}{text[end..]}");
    }

    private static void WriteTargets(StringWriter text, Results results)
    {
        var known = Target.All.Select(t => (Target: t, Value: t.In(results))).Where(t => t.Value is not null).ToList();
        if (known.Count == 0)
        {
            return;
        }

        text.WriteLine();
        text.WriteLine("| | measured | target | stretch | |");
        text.WriteLine("|---|---|---|---|---|");
        foreach (var (target, value) in known.Select(t => (t.Target, t.Value!.Value)))
        {
            var verdict = target.IsMetBy(value, target.Stretch) ? "stretch met" : target.IsMetBy(value, target.Wanted) ? "met" : "**missed**";
            text.WriteLine($"| {target.What} | {Numbers.Show(value)} | {Numbers.Show(target.Wanted)} | {Numbers.Show(target.Stretch)} | {verdict} |");
        }
    }

    private static void WriteScenario(StringWriter text, Results results, Scenario scenario)
    {
        var own = results.Of(scenario.Name, TaskGridContender.GridName)!;
        var peers = Peers.Names.Select(n => (Name: n, Summary: results.Of(scenario.Name, n))).Where(p => p.Summary is not null).Select(p => (p.Name, Summary: p.Summary!)).ToList();
        text.WriteLine();
        text.WriteLine($"**{scenario.Name}**: {scenario.Title}.");
        text.WriteLine();
        text.WriteLine($"| {string.Join(" | ", new[] { "", Head(TaskGridContender.GridName, own) }.Concat(peers.SelectMany(p => new[] { Head(p.Name, p.Summary), $"{TaskGridContender.GridName} is" })))} |");
        text.WriteLine($"|---|---|{string.Concat(peers.Select(_ => "---|---|"))}");
        foreach (var figure in own.Figures)
        {
            text.WriteLine($"| {string.Join(" | ", new[] { figure, own.Show(figure) }.Concat(peers.SelectMany(p => new[] { p.Summary.Show(figure), Ratio(figure, own, p.Summary) })))} |");
        }
    }

    private static string Head(string name, Summary summary) => $"{name}, N = {summary.Count:#,0}{(summary.Runs > 1 ? $" × {summary.Runs}" : "")}";

    private static string Ratio(string figure, Summary own, Summary peer)
    {
        if (own.Median(figure) is not { } mine || peer.Median(figure) is not { } theirs || mine <= 0 || theirs <= 0)
        {
            return "";
        }

        var times = Figure.IsBetterHigh(figure) ? mine / theirs : theirs / mine;
        return times >= 1 ? $"{Numbers.Show(times)}× better" : $"{Numbers.Show(1 / times)}× worse";
    }
}
