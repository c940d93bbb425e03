using TaskGrid.Faults.Proof;

// The long form of the fault tests: everything that takes hours, in parts of minutes. A part that is done for a commit of the product, with the
// tests as they are, is not done again, so it may be ended and started as often as one likes; whatever is there is put together into
// docs/reliability.md. The figures of each part are in docs/reliability/<commit>, to be committed with the page: parts can be done on different days.
//
//     dotnet run --project tests/Faults/Proof            all parts that are missing, then the report
//     dotnet run --project tests/Faults/Proof -- soak    only those whose name contains a word
//     dotnet run --project tests/Faults/Proof -- report  the report alone
var repository = await Repository.OpenAsync();
var commit = repository.Product;
var folder = new ReportFolder(repository, commit);

var word = args.FirstOrDefault();
var failed = 0;
if (word != "report")
{
    // Before anything is built: a word that is misspelt would else look as if all were done.
    if (!Parts.All("/").Any(IsMeant))
    {
        Console.Error.WriteLine($"No part has '{word}' in its name. Give 'report', or a word of:");
        Console.Error.WriteLine(string.Join('\n', Parts.All("/").Select(p => $"  {PartRun.WithoutNumber(p.Name)}").Distinct()));
        return 2;
    }

    var previous = await repository.BuildPreviousAsync(commit, folder.Logs);
    foreach (var part in Parts.All(previous).Where(IsMeant))
    {
        failed += await part.RunAsync(repository, folder) ? 0 : 1;
    }
}

await File.WriteAllTextAsync(Path.Combine(repository.Path, "docs", "reliability.md"), Report.Of(repository, folder, await Repository.RedisVersionAsync()));
Console.WriteLine($"docs/reliability.md tells of {commit}; {failed} parts failed.");
return failed == 0 ? 0 : 1;

bool IsMeant(PartRun part) => word is null || part.Name.Contains(word, StringComparison.OrdinalIgnoreCase);
