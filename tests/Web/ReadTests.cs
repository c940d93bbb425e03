using System.Net;
using Xunit;

namespace TaskGrid.Tests.Web;

public sealed class ReadTests(SingleProcess process)
{
    public static TheoryData<string> NoIds =>
        ["a%20b", "a%2Fb", "..%2Fetc%2Fpasswd", "%0d%0a", "%1b%5b31m", "%E2%80%AEabc", "%F0%9F%98%80", "svc:*", "{grid}", "a%3Fb", new string('i', 129)];

    [Theory, MemberData(nameof(NoIds))]
    public async Task An_id_that_can_be_none_is_refused(string id)
    {
        using var read = await process.Client.ReadAsync($"{Http.Tasks}/{id}");
        using var cancel = await process.Client.PostAsync($"{Http.Tasks}/{id}/cancel", null, TestContext.Current.CancellationToken);

        await read.ProblemAsync(400, "invalid_id", "id");
        await cancel.ProblemAsync(400, "invalid_id", "id");
    }

    [Theory]
    [InlineData("")]
    [InlineData("?wait=60")]
    public async Task An_unknown_id_is_not_found_and_not_waited_for(string query)
    {
        using var read = await process.Client.ReadAsync($"{Http.Tasks}/never-submitted{query}");

        await read.ProblemAsync(404, "task_not_found");
    }

    [Fact]
    public async Task A_wait_that_runs_out_answers_with_the_present_state()
    {
        using var submit = await process.Client.PostJsonAsync($"{Http.Tasks}?wait=0.05", """{"task":"add","args":[1,2],"id":"much-later","delay":3600}""");
        using var read = await process.Client.ReadAsync($"{Http.Tasks}/much-later?wait=.05");

        Assert.Equal(HttpStatusCode.Accepted, submit.StatusCode);
        Assert.Equal(HttpStatusCode.OK, read.StatusCode);
        Assert.Equal("Scheduled", (await read.JsonAsync()).Text("state"));
    }

    [Fact]
    public async Task A_wait_ends_when_the_task_does()
    {
        await process.Client.SubmitAsync("""{"task":"gate","args":["waited-for"],"id":"waited-for"}""");
        await Gate.Of("waited-for").Entered;
        var waiting = process.Client.ReadAsync($"{Http.Tasks}/waited-for?wait=60");
        using var running = await process.Client.ReadAsync($"{Http.Tasks}/waited-for");
        Assert.Equal("Running", (await running.JsonAsync()).Text("state"));

        Gate.Of("waited-for").Open();
        using var response = await waiting;

        Assert.Equal("Succeeded", (await response.JsonAsync()).Text("state"));
    }

    [Theory]
    [InlineData("GET", "/nowhere", 404, "not_found")]
    [InlineData("GET", "/api/v1/nowhere", 404, "not_found")]
    [InlineData("GET", "/api/v1/tasks/a/b/c", 404, "not_found")]
    [InlineData("DELETE", Http.Tasks, 405, "method_not_allowed")]
    public async Task What_does_not_exist_is_a_problem_too(string method, string path, int status, string code)
    {
        using var request = new HttpRequestMessage(new(method), path);
        using var response = await process.Client.SendAsync(request, TestContext.Current.CancellationToken);

        await response.ProblemAsync(status, code);
    }

    [Fact]
    public async Task A_mistake_of_the_server_is_not_told_to_the_world()
    {
        using var response = await process.Client.ReadAsync("/fault");

        var problem = await response.ProblemAsync(500, "internal_error");
        Assert.DoesNotContain("secret", problem.GetRawText(), StringComparison.Ordinal);
    }
}
