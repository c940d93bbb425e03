using TaskGrid.Testing;

namespace TaskGrid.Unit.Testing;

public sealed class RecordingTaskClientTests
{
    [GridTask("greet")]
    public sealed record Greet(string Name) : IGridTask<string>;

    private readonly RecordingTaskClient _tasks = new();

    [Fact]
    public async Task Submit_OfEachKind_IsKept()
    {
        await _tasks.SubmitAsync(new Greet("Ada"), new() { Queue = "mail" });
        await _tasks.SubmitAsync("add", new { x = 1 });
        await _tasks.SubmitAsync<int>("add", new { x = 2 });
        await _tasks.SubmitBatchAsync([TaskSubmission.Create(new Greet("Bob"))], TestContext.Current.CancellationToken);

        Assert.Equal(["greet", "add", "add", "greet"], _tasks.Submissions.All.Select(s => s.Task));
        Assert.Equal([new Greet("Ada"), new Greet("Bob")], _tasks.Submissions.Of<Greet>());
        Assert.Equal("Bob", _tasks.Submissions.AssertSubmitted<Greet>(g => g.Name == "Bob").Name);
        Assert.Equal("mail", _tasks.Submissions.AssertSubmitted("greet").Options.Queue);
        Assert.Equal("""{"x":2}""", _tasks.Submissions.AssertSubmitted("add", s => s.Args.ToString().Contains('2', StringComparison.Ordinal)).Args.ToString());
    }

    [Fact]
    public async Task Assert_OfWhatIsNotThere_SaysWhatIs()
    {
        _tasks.Submissions.AssertEmpty();
        Assert.Equal("No submit of 'greet'. Nothing was submitted.", Assert.Throws<TaskAssertionException>(() => _tasks.Submissions.AssertSubmitted<Greet>()).Message);

        await _tasks.SubmitAsync(new Greet("Ada"));

        var missing = Assert.Throws<TaskAssertionException>(() => _tasks.Submissions.AssertSubmitted<Greet>(g => g.Name == "Bob"));
        Assert.Equal($"No submit of 'greet' is as expected. Submitted were:{Environment.NewLine}  greet {{\"name\":\"Ada\"}}", missing.Message);
        Assert.Throws<TaskAssertionException>(() => _tasks.Submissions.AssertSubmitted("add"));
        Assert.Throws<TaskAssertionException>(_tasks.Submissions.AssertEmpty);
    }

    [Fact]
    public async Task Handle_OfATaskWithAResult_HasIt()
    {
        _tasks.Returns("greet", "Hello");

        var handle = await _tasks.SubmitAsync(new Greet("Ada"));

        Assert.Equal("Hello", await handle.GetResultAsync(TestContext.Current.CancellationToken));
        Assert.Equal("Hello", await _tasks.GetHandle<string>(handle.Id).GetResultAsync(TestContext.Current.CancellationToken));
        Assert.Equal(CancelOutcome.AlreadyFinished, (await handle.CancelAsync(TestContext.Current.CancellationToken)).Outcome);
    }

    [Fact]
    public async Task Handle_OfATaskWithoutAResult_SaysSoInsteadOfWaitingForever()
    {
        var handle = await _tasks.SubmitAsync(new Greet("Ada"));

        Assert.Equal(TaskState.Queued, (await handle.WaitAsync(TimeSpan.FromHours(1), TestContext.Current.CancellationToken)).State);
        await Assert.ThrowsAsync<InvalidOperationException>(() => handle.GetResultAsync(TestContext.Current.CancellationToken));
        Assert.Equal(CancelOutcome.Cancelled, (await handle.CancelAsync(TestContext.Current.CancellationToken)).Outcome);
        await Assert.ThrowsAsync<TaskCancelledException>(() => handle.GetResultAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Handle_OfATaskThatWasNotSubmitted_FindsNone()
    {
        Assert.Null(await _tasks.GetHandle("none").GetSnapshotAsync(TestContext.Current.CancellationToken));
        Assert.Equal(CancelOutcome.NotFound, (await _tasks.GetHandle("none").CancelAsync(TestContext.Current.CancellationToken)).Outcome);
        await Assert.ThrowsAsync<TaskNotFoundException>(() => _tasks.GetHandle("none").GetResultJsonAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Submit_Refused_IsNotKept()
    {
        _tasks.Refuses("greet", ErrorCodes.StoreFull);

        Assert.Equal(ErrorCodes.StoreFull, (await Assert.ThrowsAsync<TaskRefusedException>(() => _tasks.SubmitAsync(new Greet("Ada")))).Code);
        Assert.Equal(ErrorCodes.StoreFull, (await _tasks.SubmitBatchAsync([TaskSubmission.Create("greet")], TestContext.Current.CancellationToken))[0].Refusal!.Code);
        _tasks.Submissions.AssertEmpty();
    }

    [Fact]
    public async Task Submit_WithAnIdempotencyKey_IsOneTask()
    {
        var first = await _tasks.SubmitAsync(new Greet("Ada"), new() { IdempotencyKey = "k" });
        var second = await _tasks.SubmitAsync(new Greet("Ada"), new() { IdempotencyKey = "k" });

        Assert.Equal(first.Id, second.Id);
        Assert.Single(_tasks.Submissions.All);
    }
}
