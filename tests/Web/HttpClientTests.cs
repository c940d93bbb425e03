using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TaskGrid.Kit;
using Xunit;

namespace TaskGrid.Tests.Web;

/// <summary>The .NET client over HTTP, against a real web process.</summary>
public sealed class HttpClientTests(SingleProcess process) : IAsyncDisposable
{
    private readonly ServiceProvider _services = Services(process.Client.BaseAddress!);

    private ITaskClient Tasks => _services.GetRequiredService<ITaskClient>();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_task_is_submitted_waited_for_and_read()
    {
        var task = await Tasks.SubmitAsync<long>("add", new { x = 9007199254740000, y = 993 }, new() { Priority = 9, Tags = ["over-http"], Backoff = Backoff.Linear(TimeSpan.FromSeconds(2)) }, Cancelled);
        Assert.Equal(9007199254740993, await task.GetResultAsync(Cancelled));
        var snapshot = (await task.GetSnapshotAsync(Cancelled))!;
        Assert.Equal(("add", 9, TaskState.Succeeded), (snapshot.Task, snapshot.Priority, snapshot.State));
        Assert.Equal(["over-http"], snapshot.Tags);
        Assert.Null(await Tasks.GetHandle("never-submitted").GetSnapshotAsync(Cancelled));
        await Assert.ThrowsAsync<TaskNotFoundException>(() => Tasks.GetHandle("never-submitted").WaitAsync(TimeSpan.FromSeconds(1), Cancelled));
    }

    [Fact]
    public async Task What_the_grid_refuses_is_refused_with_its_code_and_place()
    {
        var unknown = await Assert.ThrowsAsync<TaskRefusedException>(() => Tasks.SubmitAsync("nobody-runs-it", cancellationToken: Cancelled));
        Assert.Equal((ErrorCodes.UnknownTask, "task"), (unknown.Code, unknown.Refusal.Field));
        var wrong = await Assert.ThrowsAsync<TaskRefusedException>(() => Tasks.SubmitAsync("add", new { x = "two", y = 3 }, cancellationToken: Cancelled));
        Assert.Equal((ErrorCodes.InvalidArguments, "args.x"), (wrong.Code, wrong.Refusal.Field));
        await Assert.ThrowsAsync<TaskRefusedException>(() => Tasks.ListAsync(limit: 1000, cancellationToken: Cancelled));
    }

    [Fact]
    public async Task Of_a_batch_each_is_answered_by_itself_and_once()
    {
        TaskSubmission[] batch =
        [
            TaskSubmission.Create("add", new { x = 1, y = 2 }, new() { Id = "http-batch-1" }),
            TaskSubmission.Create("nobody-runs-it"),
            TaskSubmission.Create("add", new[] { 3, 4 }, new() { IdempotencyKey = "http-batch-2" }),
        ];
        var first = await Tasks.SubmitBatchAsync(batch, Cancelled);
        var again = await Tasks.SubmitBatchAsync(batch, Cancelled);
        Assert.Equal([true, false, true], first.Select(r => r.Created));
        Assert.Equal([false, false, false], again.Select(r => r.Created));
        Assert.Equal(ErrorCodes.UnknownTask, first[1].Refusal?.Code);
        Assert.Equal(first.Select(r => r.Snapshot?.Id), again.Select(r => r.Snapshot?.Id));
        Assert.Equal(7, (await Tasks.GetHandle(first[2].Snapshot!.Id).WaitAsync(TimeSpan.FromMinutes(1), Cancelled)).Result!.Value.As<int>());
    }

    [Fact]
    public async Task A_waiting_task_is_changed_cancelled_retried_listed_and_forgotten()
    {
        var task = await Tasks.SubmitAsync("add", new { x = 1, y = 2 }, new() { Id = "http-managed", Delay = TimeSpan.FromHours(1), Queue = "managed", IdempotencyKey = null }, Cancelled);
        Assert.Equal(ChangeOutcome.Changed, await task.ChangeAsync(new() { Queue = "managed-2", Priority = 1 }, Cancelled));
        Assert.Equal("http-managed", Assert.Single((await Tasks.ListAsync(new() { Queue = "managed-2", State = TaskState.Scheduled, Since = DateTimeOffset.UnixEpoch }, cancellationToken: Cancelled)).Items).Id);
        Assert.Equal(ChangeOutcome.Unfinished, await task.ForgetAsync(Cancelled));
        Assert.Equal(ChangeOutcome.NotFailed, await task.RetryAsync(Cancelled));
        Assert.Equal(CancelOutcome.Cancelled, (await task.CancelAsync(Cancelled)).Outcome);
        Assert.Equal(ChangeOutcome.AlreadyFinished, await task.ChangeAsync(new() { Priority = 1 }, Cancelled));
        Assert.Equal(ChangeOutcome.Changed, await task.RetryAsync(Cancelled));
        var done = await task.WaitAsync(TimeSpan.FromMinutes(1), Cancelled);
        Assert.Equal(TaskState.Succeeded, done.State);
        Assert.Equal("http-managed", Assert.Single((await Tasks.ListAsync(new() { Queue = "managed-2", Worker = done.Worker }, cancellationToken: Cancelled)).Items).Id);
        Assert.Empty((await Tasks.ListAsync(new() { Queue = "managed-2", Worker = "nobody" }, cancellationToken: Cancelled)).Items);
        Assert.Equal(CancelOutcome.AlreadyFinished, (await task.CancelAsync(Cancelled)).Outcome);
        Assert.Empty(await task.GetLogAsync(Cancelled));
        Assert.Equal(ChangeOutcome.Changed, await task.ForgetAsync(Cancelled));
        Assert.Equal(CancelOutcome.NotFound, (await task.CancelAsync(Cancelled)).Outcome);
        Assert.Equal(ChangeOutcome.NotFound, await task.ForgetAsync(Cancelled));
    }

    [Fact]
    public async Task Pages_of_a_list_are_read_on()
    {
        for (var i = 0; i < 5; i++)
        {
            await Tasks.SubmitAsync("add", new { x = 1, y = 2 }, new() { Id = $"http-page-{i}", Delay = TimeSpan.FromHours(1), Queue = "http-paged" }, Cancelled);
        }

        var (ids, cursor) = (new List<string>(), (string?)null);
        do
        {
            var page = await Tasks.ListAsync(new() { Queue = "http-paged" }, 2, cursor, Cancelled);
            ids.AddRange(page.Items.Select(t => t.Id));
            cursor = page.Next;
        }
        while (cursor is not null && ids.Count < 10);
        Assert.Equal(["http-page-4", "http-page-3", "http-page-2", "http-page-1", "http-page-0"], ids);
    }

    [Fact]
    public async Task Who_brings_no_key_where_one_is_asked_for_is_told_so()
    {
        await using var closed = await RunningWeb.StartAsync("Production", "--TaskGrid:DataFolder", Directory.CreateTempSubdirectory("taskgrid-http-").FullName, "--Access:AdminKey", Access.ClosedProcess.AdminKey);
        await using var nobody = Services(closed.Client.BaseAddress!);
        await using var admin = Services(closed.Client.BaseAddress!, Access.ClosedProcess.AdminKey);
        var refused = await Assert.ThrowsAsync<TaskRefusedException>(() => nobody.GetRequiredService<ITaskClient>().ListAsync(cancellationToken: Cancelled));
        Assert.Equal("unauthenticated", refused.Code);
        Assert.NotNull(await admin.GetRequiredService<ITaskClient>().ListAsync(cancellationToken: Cancelled));
    }

    [Fact]
    public async Task A_grid_that_is_not_there_is_asked_until_the_time_is_over()
    {
        await using var services = Services(new($"http://127.0.0.1:{Ports.Free()}"), null, TimeSpan.FromSeconds(1));
        var away = await Assert.ThrowsAsync<GridUnavailableException>(() => services.GetRequiredService<ITaskClient>().SubmitAsync("add", cancellationToken: Cancelled));
        Assert.Equal(ErrorCodes.GridUnavailable, away.Code);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("grid.example")]
    [InlineData("ftp://grid.example")]
    public void An_address_that_is_none_is_refused_with_what_to_do(string? address)
    {
        using var services = new ServiceCollection().AddSingleton<Microsoft.Extensions.Configuration.IConfiguration>(new Microsoft.Extensions.Configuration.ConfigurationManager())
            .AddTaskGridHttpClient(o => o.Address = address is null ? null : new(address, UriKind.RelativeOrAbsolute)).BuildServiceProvider();
        var refused = Assert.Throws<OptionsValidationException>(services.GetRequiredService<ITaskClient>);
        Assert.Contains("TaskGrid__Http__Address", refused.Message, StringComparison.Ordinal);
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private static ServiceProvider Services(Uri address, string? key = null, TimeSpan? patience = null) => new ServiceCollection()
        .AddSingleton<Microsoft.Extensions.Configuration.IConfiguration>(new Microsoft.Extensions.Configuration.ConfigurationManager())
        .AddTaskGridHttpClient(o => (o.Address, o.Key) = (address, key))
        .Configure<TaskGridClientOptions>(o => o.SubmitTimeout = patience ?? TimeSpan.FromSeconds(30))
        .BuildServiceProvider();
}
