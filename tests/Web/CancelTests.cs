using System.Net;
using Xunit;

namespace TaskGrid.Tests.Web;

public sealed class CancelTests(SingleProcess process)
{
    [Fact]
    public async Task A_task_that_waits_is_cancelled_at_once_and_again()
    {
        await process.Client.SubmitAsync("""{"task":"add","args":[1,2],"id":"not-needed","delay":3600}""");
        using var first = await CancelAsync("not-needed");
        using var second = await CancelAsync("not-needed");

        foreach (var response in (HttpResponseMessage[])[first, second])
        {
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            var reply = await response.JsonAsync();
            Assert.Equal("Cancelled", reply.Text("outcome"));
            Assert.Equal("Cancelled", reply.GetProperty("snapshot").Text("state"));
            Assert.Equal("requested", reply.GetProperty("snapshot").Text("reason"));
        }
    }

    [Fact]
    public async Task A_running_task_is_asked_to_stop()
    {
        await process.Client.SubmitAsync("""{"task":"gate","args":["stopped"],"id":"stopped"}""");
        await Gate.Of("stopped").Entered;
        using var cancel = await CancelAsync("stopped");
        using var read = await process.Client.ReadAsync($"{Http.Tasks}/stopped?wait=60");

        Assert.Equal(HttpStatusCode.OK, cancel.StatusCode);
        Assert.Equal("Requested", (await cancel.JsonAsync()).Text("outcome"));
        Assert.Equal("Cancelled", (await read.JsonAsync()).Text("state"));
    }

    [Fact]
    public async Task A_finished_task_cannot_be_cancelled()
    {
        using var submit = await process.Client.PostJsonAsync($"{Http.Tasks}?wait=60", """{"task":"add","args":[1,2],"id":"too-late"}""");
        using var cancel = await CancelAsync("too-late");

        await cancel.ProblemAsync(409, "already_finished");
    }

    [Fact]
    public async Task An_unknown_task_cannot_be_cancelled()
    {
        using var cancel = await CancelAsync("never-was");

        await cancel.ProblemAsync(404, "task_not_found");
    }

    private Task<HttpResponseMessage> CancelAsync(string id) =>
        process.Client.PostAsync($"{Http.Tasks}/{id}/cancel", null, TestContext.Current.CancellationToken);
}
