using System.Net.Http.Json;
using System.Text.Json;

namespace TaskGrid.Deployment;

public sealed class When_the_cluster_runs_without_containers
{
    // More than one silo has slots for.
    private const int Tasks = 40;

    [Fact]
    public async Task It_runs_a_task_and_all_of_it_ends_with_ctrl_c()
    {
        Need.Programs("redis-server", "curl");
        await using var running = await RunningCluster.StartAsync();
        var (cluster, http) = (running.Script, running.Http);

        using var answer = await http.PostAsJsonAsync("api/v1/tasks?wait=30", new { task = "add", args = new { x = 2, y = 3 } });
        var task = await answer.Content.ReadFromJsonAsync<JsonElement>();

        Assert.Equal(5, task.GetProperty("result").GetInt32());
        Assert.Equal(0, await cluster.InterruptAsync());
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(new Uri("health/live", UriKind.Relative)));
    }

    /// <summary>The web application is one process, each silo another: what happens to a task in any of them comes to whoever follows it.</summary>
    [Fact]
    public async Task What_happens_in_silos_is_heard_at_the_web_application()
    {
        Need.Programs("redis-server", "curl");
        await using var running = await RunningCluster.StartAsync();
        await running.WorkersAsync();
        using var grid = await EventReader.OpenAsync(running.Http, "api/v1/events?task=sleep");
        using var all = await running.Http.PostAsJsonAsync(
            "api/v1/tasks/batch", Enumerable.Range(0, Tasks).Select(i => new { id = $"heard-{i}", task = "sleep", args = new { seconds = 1.5 } }));
        all.EnsureSuccessStatusCode();

        var each = await Task.WhenAll(Enumerable.Range(0, Tasks).Select(async i =>
        {
            using var events = await EventReader.OpenAsync(running.Http, $"api/v1/tasks/heard-{i}/events");
            return await events.UntilAsync(e => e.GetProperty("state").GetString() == "Succeeded");
        }));
        var ended = new HashSet<string>();
        await grid.UntilAsync(e => e.GetProperty("state").GetString() == "Succeeded" && ended.Add(e.GetProperty("id").GetString()!) && ended.Count == Tasks);

        // Begun by silos, of which there are two, and heard of before it was over.
        Assert.All(each, events => Assert.Contains("Running", events.Select(e => e.GetProperty("state").GetString())));
        Assert.Equal(2, each.Select(events => events[^1].GetProperty("worker").GetString()).Distinct().Count());
    }
}
