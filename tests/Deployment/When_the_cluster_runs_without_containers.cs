using System.Net.Http.Json;
using System.Text.Json;

namespace TaskGrid.Deployment;

public sealed class When_the_cluster_runs_without_containers
{
    [Fact]
    public async Task It_runs_a_task_and_all_of_it_ends_with_ctrl_c()
    {
        Need.Redis();
        var data = Directory.CreateTempSubdirectory("taskgrid-cluster-").FullName;
        var port = RedisServer.FreePort();
        await using var cluster = await Script.StartAsync(
            Repository.Root,
            "Ctrl-C stops all",
            new Dictionary<string, string>
            {
                ["BUILD"] = "no",
                ["CONFIGURATION"] = Need.Configuration,
                ["DATA"] = data,
                ["WEB_PORT"] = $"{port}",
                ["REDIS_PORT"] = $"{RedisServer.FreePort()}",
            },
            "bash", "deploy/run-cluster.sh", "2");

        using var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{port}") };
        using var answer = await http.PostAsJsonAsync("api/v1/tasks?wait=30", new { task = "add", args = new { x = 2, y = 3 } });
        var task = await answer.Content.ReadFromJsonAsync<JsonElement>();

        Assert.Equal(5, task.GetProperty("result").GetInt32());
        Assert.Equal(0, await cluster.InterruptAsync());
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(new Uri("health/live", UriKind.Relative)));
        Directory.Delete(data, recursive: true);
    }
}
