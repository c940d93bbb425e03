using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TaskGrid.Kit;
using Xunit;

namespace TaskGrid.Tests.Web;

public sealed class When_the_store_goes_away
{
    private const string Submit = """{"task":"add","args":[1,2]}""";

    [Fact]
    public async Task Callers_are_told_to_come_back_until_it_is_there_again()
    {
        Assert.SkipWhen(RedisServer.Path is null, "redis-server is not installed.");
        await using var redis = await RedisServer.StartAsync();
        await using var web = await RunningWeb.StartAsync(
            "Development", "--ConnectionStrings:redis", redis.ConnectionString, "--TaskGrid:Silo", "true", "--TaskGrid:Examples", "true");
        using var before = await web.Client.PostJsonAsync($"{Http.Tasks}?wait=60", Submit);
        Assert.Equal(HttpStatusCode.OK, before.StatusCode);

        // Only now: the first task of a process may take longer than its callers are patient with a store that is gone.
        web.App.Services.GetRequiredService<IOptions<TaskGridClientOptions>>().Value.SubmitTimeout = TimeSpan.FromSeconds(2);
        await redis.KillAsync();
        using var submit = await web.Client.PostJsonAsync(Http.Tasks, Submit);
        using var read = await web.Client.ReadAsync($"{Http.Tasks}/some-task");
        using var ready = await web.Client.ReadAsync("/health/ready");
        using var live = await web.Client.ReadAsync("/health/live");

        foreach (var refused in (HttpResponseMessage[])[submit, read])
        {
            var code = (await refused.JsonAsync()).Text("code");
            Assert.Contains(code, (string[])[ErrorCodes.StoreUnavailable, ErrorCodes.GridUnavailable]);
            await refused.ProblemAsync(503, code);
            Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter?.Delta);
        }

        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);

        await redis.RestartAsync();
        await AcceptedAgainAsync(web);
    }

    // A refusal comes after the client's own retries, which pace this.
    private static async Task AcceptedAgainAsync(RunningWeb web)
    {
        for (var tries = 0; ; tries++)
        {
            using var after = await web.Client.PostJsonAsync($"{Http.Tasks}?wait=60", Submit);
            if (after.StatusCode == HttpStatusCode.OK)
            {
                return;
            }

            Assert.True(tries < 20, $"Redis is back, and the answer is still {after.StatusCode}.");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, after.StatusCode);
        }
    }
}
