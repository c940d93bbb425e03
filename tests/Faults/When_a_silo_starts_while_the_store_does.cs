using StackExchange.Redis;
using Xunit;

namespace TaskGrid.Faults;

/// <summary>The store is another process by the time that a silo, which has connected to it, announces itself.</summary>
public sealed class When_a_silo_starts_while_the_store_does
{
    [Fact]
    public async Task It_waits_and_starts()
    {
        await using var grid = await RealGrid.StartAsync(silos: 0);
        await using var raw = await ConnectionMultiplexer.ConnectAsync($"{grid.Redis.ConnectionString},allowAdmin=true");
        var starting = grid.AddSiloAsync();
        var life = new RedisKey("{taskgrid}:life");
        await RealGrid.UntilAsync(async () => await raw.GetDatabase().KeyExistsAsync(life), "the silo has connected");
        await raw.GetDatabase().StringSetAsync(life, "another life");

        var silo = await starting;
        Assert.Contains("started anew", silo.Output, StringComparison.Ordinal);
        await grid.ConnectAsync();
        await grid.FinalAsync([await grid.Tasks.SubmitAsync("work", new { milliseconds = 1 })], TimeSpan.FromSeconds(30));
    }
}
