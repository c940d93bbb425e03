using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using TaskGrid.Kit;
using Xunit;

namespace TaskGrid.Tests.Web;

/// <summary>What runs in Production is what its host asks for.</summary>
public sealed class When_nothing_is_asked_for
{
    [Fact]
    public async Task A_web_process_is_a_client_of_the_cluster_and_a_silo_has_only_its_own_tasks()
    {
        Assert.SkipWhen(RedisServer.Path is null, "redis-server is not installed.");
        await using var redis = await RedisServer.StartAsync();
        using var silo = Silo(redis);
        await silo.StartAsync(TestContext.Current.CancellationToken);
        await using var web = await RunningWeb.StartAsync("Production", "--ConnectionStrings:redis", redis.ConnectionString, "--Dashboard:Enabled", "true");

        using var own = await web.Client.PostJsonAsync($"{Http.Tasks}?wait=60", """{"task":"double","args":[21]}""");
        using var example = await web.Client.PostJsonAsync(Http.Tasks, """{"task":"add","args":[1,2]}""");
        using var ready = await web.Client.ReadAsync("/health/ready");
        using var dashboard = await web.Client.ReadAsync("/orleans/DashboardCounters");

        Assert.Equal("42", (await own.JsonAsync()).GetProperty("result").GetRawText());
        await example.ProblemAsync(422, "unknown_task", "task");
        Assert.Equal("ProcessSafe", (await ready.JsonAsync()).GetProperty("checks").GetProperty("store").GetProperty("data").Text("durability"));
        Assert.Equal(HttpStatusCode.OK, dashboard.StatusCode);
        await silo.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task There_are_no_examples_no_mailbox_and_no_dashboard()
    {
        var data = Directory.CreateTempSubdirectory("taskgrid-web-");
        await using (var web = await RunningWeb.StartAsync("Production", "--TaskGrid:DataFolder", data.FullName))
        {
            foreach (var path in (string[])["/send_email", "/tasks/result/x", "/dev/mail", "/orleans/", "/orleans/ClusterStats"])
            {
                using var response = await web.Client.ReadAsync(path);
                await response.ProblemAsync(404, "not_found");
            }

            using var document = await web.Client.ReadAsync("/openapi/v1.json");
            Assert.Equal(HttpStatusCode.OK, document.StatusCode);
        }

        data.Delete(recursive: true);
    }

    private static IHost Silo(RedisServer redis)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = "Production" });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["ConnectionStrings:redis"] = redis.ConnectionString });
        builder.AddSilo().AddTask("double", (int x) => x * 2);
        return builder.Build();
    }
}
