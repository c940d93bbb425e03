using System.Diagnostics;
using System.Globalization;

namespace TaskGrid.Simulation;

/// <summary>
/// Histories of a grid in which silos die, stand still and are cut off, messages are slow, lost, doubled and out of order, and the store
/// does not answer. Nothing may happen in any of them that was promised not to, and once the weather is fine all comes to its end.
/// </summary>
public sealed class When_anything_goes_wrong(ITestOutputHelper output)
{
    private const int Histories = 100_000;

    [Fact]
    public void Every_promise_is_kept()
    {
        if (Setting("TASKGRID_SIMULATION_SEED") is { } seed)
        {
            var history = History.Run(seed, tells: true);
            output.WriteLine(string.Join('\n', history.Lines));
            Assert.Null(history.Broken);
            return;
        }

        var histories = Setting("TASKGRID_SIMULATION_HISTORIES") ?? Histories;
        var clock = Stopwatch.StartNew();
        var found = Search.First(Setting("TASKGRID_SIMULATION_FIRST") ?? 1, histories, PlantedBug.None, out var events);
        output.WriteLine($"{histories} histories with {events} events in {clock.Elapsed.TotalSeconds:0.0} s: {histories / clock.Elapsed.TotalSeconds:0} a second");
        Assert.True(found is null, found);
    }

    [Fact]
    public void The_same_seed_is_the_same_history()
    {
        for (var seed = 1; seed <= 200; seed++)
        {
            var (told, again, silent) = (History.Run(seed, tells: true), History.Run(seed, tells: true), History.Run(seed));
            Assert.Equal(told.Lines, again.Lines);
            Assert.Equal((told.Hash, told.Events), (silent.Hash, silent.Events));
        }
    }

    private static int? Setting(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var number) ? number : null;
}
