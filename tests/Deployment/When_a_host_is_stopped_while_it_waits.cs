namespace TaskGrid.Deployment;

public sealed class When_a_host_is_stopped_while_it_waits
{
    [Theory, InlineData("Silo"), InlineData("Client.Web")]
    public async Task For_the_store_it_ends_without_an_error(string project)
    {
        await using var host = await StartAsync(project, "can't be used", $"127.0.0.1:{Ports.Free()}");

        await host.StopAsync();

        Assert.True(host.ExitCode == 0, host.Output);
    }

    [Fact]
    public async Task For_a_silo_it_ends_without_an_error()
    {
        Need.Programs("redis-server");
        await using var redis = await RedisServer.StartAsync();
        await using var host = await StartAsync("Client.Web", "Waiting for a silo of the grid", redis.ConnectionString);

        await host.StopAsync();

        Assert.True(host.ExitCode == 0, host.Output);
    }

    private static Task<ServerProcess> StartAsync(string project, string line, string redis) => ServerProcess.StartAsync(
        Path.Combine(AppContext.BaseDirectory, $"TaskGrid.{project}.dll"),
        line,
        new Dictionary<string, string>
        {
            ["ConnectionStrings__redis"] = redis,
            ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
            ["DOTNET_ENVIRONMENT"] = "Production",
            ["ASPNETCORE_ENVIRONMENT"] = "Production",
        });
}
