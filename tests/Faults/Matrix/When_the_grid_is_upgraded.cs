using Xunit;

namespace TaskGrid.Faults.Matrix;

/// <summary>
/// Silos of another version are replaced by those of this one, and back, one after the other, while tasks come in. The other version's
/// <c>TaskGrid.Faults.Host.dll</c> is named by <c>TASKGRID_FAULTS_PREVIOUS</c>.
/// </summary>
[Collection(Alone.Name)]
public sealed class When_the_grid_is_upgraded(ITestOutputHelper output)
{
    [Fact(Explicit = true)]
    public async Task Silos_are_replaced_and_replaced_back()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("TASKGRID_FAULTS_PREVIOUS") is { Length: > 0 }, "TASKGRID_FAULTS_PREVIOUS names no program");
        (string, string)[] previous = [("Faults__Program", Environment.GetEnvironmentVariable("TASKGRID_FAULTS_PREVIOUS")!)];
        await using var grid = await HurtGrid.StartAsync(new());
        var report = await grid.RunAsync(async _ =>
        {
            await ReplaceAsync(grid, previous);
            await ReplaceAsync(grid, []);
        });
        report.Say(output);
        report.Check();
    }

    private static async Task ReplaceAsync(HurtGrid grid, (string, string)[] settings)
    {
        foreach (var old in grid.Members.ToList())
        {
            await grid.StopAsync(old);
            await grid.BusyAsync(await grid.AddAsync(settings));
        }
    }
}
