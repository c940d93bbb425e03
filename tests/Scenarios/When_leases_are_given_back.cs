using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TaskGrid.Kit;
using TaskGrid.Storage;
using TaskGrid.Workers;
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

    /// <summary>A dispatcher dies that has leased for a silo, far from the store: giving all of that back takes long, and no beat may wait for it.</summary>
    [Fact]
    public async Task A_silo_lives_while_it_gives_back_what_never_came()
    {
        Assert.SkipWhen(RedisServer.Path is null, "redis-server is not installed (Debian: apt-get install redis-server)");
        await using var redis = await RedisServer.StartAsync();
        await using var way = new TcpProxy(redis.Port);
        using var log = new LogLines();
        await using var grid = await Grid.StartAsync(
            $"{way.EndPoint}",
            tasks =>
            {
                tasks.Services.AddSingleton<ILoggerProvider>(log);
                tasks.AddTask("work", () => Task.CompletedTask);
            },
            settings: ("TaskGrid:Queues", "served"));
        var (leases, self) = (grid.ServicesOf(0).GetRequiredService<LeaseStore>(), grid.ServicesOf(0).GetRequiredService<SiloIncarnation>());
        await grid.Tasks.SubmitBatchAsync([.. Enumerable.Range(0, 40).Select(_ => TaskSubmission.Create("work", new { }, new() { Queue = "elsewhere" }))]);
        // The queue's own dispatcher has been told of the tasks, and may open the queue a moment later.
        await Until.True(async () => await LeaseAsync() == 40, "all are leased");
        way.Delay = (TimeSpan.FromMilliseconds(300), TimeSpan.FromMilliseconds(300));

        await Until.True(async () => (await leases.HeldByAsync(self.Id)).Count == 0, "all have gone back");

        Assert.Equal(40, log.Lines.Count(l => l.Contains("never arrived", StringComparison.Ordinal)));
        Assert.DoesNotContain(log.Lines, l => l.Contains("No beat of this silo", StringComparison.Ordinal) || l.Contains("declared dead", StringComparison.Ordinal));

        async Task<int> LeaseAsync()
        {
            var (epoch, _) = await leases.OpenAsync("elsewhere");
            return (await leases.LeaseAsync("elsewhere", epoch, self.Id, grid.ServicesOf(0).GetRequiredService<Capabilities>().Id, max: 40, idle: 40)).Leases.Count;
        }
    }
}
