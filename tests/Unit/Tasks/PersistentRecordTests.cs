namespace TaskGrid.Tasks;

public sealed class PersistentRecordTests
{
    [Fact]
    public async Task ReadStateAsync_AnswersOutOfOrder_KeepsWhatWasAskedForLast()
    {
        var answers = new List<TaskCompletionSource<TaskRecord?>>();
        var record = new PersistentRecord(() =>
        {
            answers.Add(new());
            return answers[^1].Task;
        });
        var (first, second) = (record.ReadStateAsync(), record.ReadStateAsync());
        answers[1].SetResult(new() { Id = "later" });
        await second;
        Assert.Equal("later", record.State.Id);
        answers[0].SetResult(new() { Id = "earlier" });
        await first;
        Assert.Equal("later", record.State.Id);
    }

    [Fact]
    public async Task ReadStateAsync_NoTask_SaysSo()
    {
        TaskRecord? stored = new() { Id = "a" };
        var record = new PersistentRecord(() => Task.FromResult<TaskRecord?>(stored));
        Assert.False(record.RecordExists);
        await record.ReadStateAsync();
        Assert.True(record.RecordExists);
        stored = null;
        await record.ReadStateAsync();
        Assert.False(record.RecordExists);
        Assert.Null(record.Etag);
    }
}
