using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TaskGrid.Kit;
using Xunit;

namespace TaskGrid.Scenarios;

public sealed class When_leases_are_given_back
{
    /// <summary>
    /// Short tasks let a silo take hundreds ahead; the long ones that follow fill its slots, so what it took goes back, and
    /// comes again. A lease that got lost on such a way would be found after 8 s, with a warning: there must be none.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task None_of_them_is_lost_on_its_way(int silos)
    {
        using var log = new LogLines();
        await using var grid = await Grid.StartAsync(
            tasks =>
            {
                tasks.Services.AddSingleton<ILoggerProvider>(log);
                tasks.AddTask("quick", () => Task.CompletedTask).AddTask("slow", (TimeProvider time) => Task.Delay(TimeSpan.FromMilliseconds(300), time));
            },
            silos,
            slots: 4);
        var handles = new List<TaskHandle>();
        for (var round = 0; round < 10; round++)
        {
            var names = Enumerable.Repeat("quick", 700).Concat(Enumerable.Repeat("slow", 4 * silos)).Concat(Enumerable.Repeat("quick", 700));
            handles.AddRange(await Task.WhenAll(names.Select(name => grid.Tasks.SubmitAsync(name))));
        }

        var snapshots = await handles.AllFinalAsync();

        Assert.All(snapshots, s => Assert.Equal(TaskState.Succeeded, s.State));
        // Accepted, leased and finished is version 9; each return adds to it.
        Assert.True(snapshots.Count(s => s.Version > 9) >= 100, $"only {snapshots.Count(s => s.Version > 9)} of {snapshots.Count} tasks were given back");
        Assert.DoesNotContain(log.Lines, l => l.Contains("never arrived", StringComparison.Ordinal));
    }
}
