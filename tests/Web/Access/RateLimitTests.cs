using System.Net;
using Xunit;

namespace TaskGrid.Tests.Web.Access;

public sealed class RateLimitTests
{
    [Fact]
    public async Task A_key_that_asks_too_often_waits_and_others_do_not()
    {
        var data = Directory.CreateTempSubdirectory("taskgrid-rate-");
        await using (var web = await RunningWeb.StartAsync(
            "Development", "--TaskGrid:Examples", "true", "--TaskGrid:DataFolder", data.FullName, "--Access:AdminKey", ClosedProcess.AdminKey, "--Access:RequestsPerSecond", "2"))
        {
            web.Client.DefaultRequestHeaders.Authorization = new("Bearer", ClosedProcess.AdminKey);
            using var made = await web.Client.PostJsonAsync("/api/v1/keys", """{"name":"calm","roles":["read"]}""");
            using var calm = new HttpClient { BaseAddress = web.Client.BaseAddress };
            calm.DefaultRequestHeaders.Authorization = new("Bearer", (await made.JsonAsync()).Text("key"));

            HttpResponseMessage? refused = null;
            for (var asked = 0; refused is null && asked < 100; asked++)
            {
                var response = await web.Client.ReadAsync("/api/v1/keys");
                refused = response.StatusCode == HttpStatusCode.TooManyRequests ? response : null;
            }

            await refused!.ProblemAsync(429, "too_many_requests");
            Assert.Equal(TimeSpan.FromSeconds(1), refused!.Headers.RetryAfter?.Delta);
            using var other = await calm.ReadAsync("/api/v1/queues");
            Assert.Equal(HttpStatusCode.OK, other.StatusCode);
            using var live = await web.Client.ReadAsync("/health/live");
            Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        }

        data.Delete(recursive: true);
    }
}
