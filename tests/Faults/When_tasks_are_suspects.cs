using Xunit;

namespace TaskGrid.Faults;

public sealed class When_tasks_are_suspects(ITestOutputHelper output)
{
    /// <summary>
    /// Tasks that were there at two deaths in a row run beside no other suspect of their silo. That costs the time that they take, and no pauses between them, and
    /// no queue waits until another one has none left.
    /// </summary>
    [Fact]
    public async Task They_follow_upon_one_another_and_queues_take_turns()
    {
        const int n = 8;
        await using var grid = await RealGrid.StartAsync(silos: 1);
        var handles = await Task.WhenAll(Enumerable.Range(0, n).Select(i => grid.Tasks.SubmitAsync("work", new { milliseconds = 1000 }, new() { Queue = $"q{i % 2}" })));
        for (var death = 1; death <= 2; death++)
        {
            var silo = grid.Silos[0];
            await grid.UntilAsync(g => g.Executions.Count(e => e.Pid == silo.Pid) == n, "all of them run");
            await grid.KillAsync(silo);
            await grid.AddSiloAsync();
        }

        Assert.All(await grid.FinalAsync(handles, TimeSpan.FromMinutes(2)), s => Assert.Equal(TaskState.Succeeded, s.State));
        var suspects = grid.Executions.Where(e => e.Pid == grid.Silos[0].Pid).OrderBy(e => e.StartedAt).ToList();
        var pauses = suspects.Zip(suspects.Skip(1), (before, after) => (after.StartedAt - before.EndedAt!.Value).TotalSeconds).Order().ToList();
        output.WriteLine($"{suspects.Count} suspects, pauses of {string.Join(", ", pauses.Select(p => $"{p:0.00}"))} s");
        // One that ended while its silo was being killed has no second death.
        Assert.InRange(suspects.Count, n / 2, n);
        Assert.All(pauses, p => Assert.InRange(p, -0.05, 1.5));
        var queues = handles.Select((h, i) => (h.Id, Queue: i % 2)).ToDictionary(h => h.Id, h => h.Queue);
        var order = suspects.ConvertAll(e => queues[e.Id]);
        Assert.True(order.Take(3).Distinct().Count() == 2, $"by queue they ran in the order {string.Join(' ', order)}");
    }
}
