using System.Globalization;
using TaskGrid.Bench;

// One command, real processes: dotnet run -c Release --project bench [-- N... | -- bulk | -- web]
var (isBulk, isWeb) = (args is ["bulk"], args is ["web"]);
int[] sizes = args.Length > 0 && !isBulk && !isWeb ? [.. args.Select(a => int.Parse(a, CultureInfo.InvariantCulture))] : [20_000, 100_000];
await using var grid = await BenchGrid.StartAsync();
Console.WriteLine(grid.Machine);
Console.WriteLine();
await SubmitScenario.RunAsync(grid, 40_000);
if (isWeb)
{
    Console.WriteLine(await WebScenario.RunAsync(grid));
    return;
}

if (isBulk)
{
    for (var run = 0; run < 3; run++)
    {
        Console.WriteLine(await BulkScenario.RunAsync(grid, 100_000));
    }

    return;
}

var report = new Report();
foreach (var size in sizes)
{
    for (var run = 0; run < 3; run++)
    {
        report.Add(await SubmitScenario.RunAsync(grid, size));
    }
}

report.Print(Console.Out);
Console.WriteLine();
Console.WriteLine(await RoundTripScenario.RunAsync(grid, 2_000));
