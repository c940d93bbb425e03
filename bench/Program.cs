using System.CommandLine;
using TaskGrid.Bench;

// Measures TaskGrid, and its peers in the same sitting; see README.md beside this file.
var names = AllScenarios.List.Select(s => s.Name).ToArray();
var only = new Argument<string[]>("scenario") { Description = "The scenarios to run; all when there is none.", DefaultValueFactory = _ => names };
only.AcceptOnlyFromAmong(names);
var runs = new Option<int>("--runs") { Description = "Runs of each scenario.", DefaultValueFactory = _ => 3 };
var quick = new Option<bool>("--quick") { Description = "Only looks whether everything works: one run, few tasks, processes that scenarios share. Its figures say nothing." };
var alone = new Option<bool>("--no-peers") { Description = "Leaves Hangfire and BullMQ out." };
var folder = new Option<DirectoryInfo>("--out") { Description = "Where results.json, results.md and results.svg go.", DefaultValueFactory = _ => new("bench-results") };
var run = new RootCommand("Measures TaskGrid and its peers.") { only, runs, quick, alone, folder };
run.SetAction(async (parsed, _) =>
{
    var machine = await Machine.LookAsync();
    Console.Error.WriteLine(machine);
    var isQuick = parsed.GetValue(quick);
    await using var session = new Session(parsed.GetValue(alone) ? [] : await Peers.FindAsync(), isQuick ? 1 : parsed.GetValue(runs), isQuick);
    foreach (var scenario in AllScenarios.List.Where(s => parsed.GetValue(only)!.Contains(s.Name)))
    {
        await session.RunAsync(scenario);
        // After each, so that what is there is kept when the next one fails.
        Write(new(machine, session.Measurements), parsed.GetValue(folder)!, page: null);
    }

    Console.WriteLine(MarkdownReport.Write(new(machine, session.Measurements)));
});

var files = new Argument<FileInfo[]>("results") { Description = "Files of earlier runs, of one machine and commit." };
var page = new Option<FileInfo?>("--page") { Description = "A page to put the report into, between the lines <!-- bench --> and <!-- /bench -->." };
var report = new Command("report", "Makes one report of the results of several runs.") { files, folder, page };
report.SetAction(parsed => Write(Results.Join([.. parsed.GetValue(files)!.Select(f => Results.Read(f.FullName))]), parsed.GetValue(folder)!, parsed.GetValue(page)));
run.Subcommands.Add(report);
return await run.Parse(args).InvokeAsync();

static void Write(Results results, DirectoryInfo folder, FileInfo? page)
{
    folder.Create();
    var text = MarkdownReport.Write(results);
    results.Write(Path.Combine(folder.FullName, "results.json"));
    File.WriteAllText(Path.Combine(folder.FullName, "results.md"), text);
    Plot.Write(results, Path.Combine(folder.FullName, "results.svg"));
    if (page is not null)
    {
        MarkdownReport.PutInto(page.FullName, text);
    }
}
