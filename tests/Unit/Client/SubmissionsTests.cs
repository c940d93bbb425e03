using System.Diagnostics;
using TaskGrid.Unit.Handlers;

namespace TaskGrid.Unit.Client;

public sealed class SubmissionsTests
{
    private static readonly TaskSubmission s_plain = TaskSubmission.Create("greet");

    [Fact]
    public void Complete_OutsideOfATask_HasNoParent()
    {
        var options = Submissions.Complete(s_plain).Options;

        Assert.True(Guid.TryParse(options.Id, out _));
        Assert.Equal((null, null), (options.ParentId, options.RootId));
        Assert.Null(s_plain.Options.Id);
    }

    [Fact]
    public void Complete_InsideOfATask_NamesItAndItsRoot()
    {
        using var attempt = TaskContextAccessor.Enter(new AttemptContext());

        var options = Submissions.Complete(s_plain).Options;

        Assert.Equal(("id-1", "id-1"), (options.ParentId, options.RootId));
    }

    [Fact]
    public void Complete_WithAParentOfTheCallers_LeavesItsFamilyAlone()
    {
        using var attempt = TaskContextAccessor.Enter(new AttemptContext());

        var options = Submissions.Complete(TaskSubmission.Create("greet", options: new() { ParentId = "other" })).Options;

        Assert.Equal(("other", null), (options.ParentId, options.RootId));
    }

    [Fact]
    public async Task Complete_InCodeThatOutlivesItsAttempt_HasNoParent()
    {
        var end = new TaskCompletionSource();
        Task<TaskSubmission> later;
        using (TaskContextAccessor.Enter(new AttemptContext()))
        {
            later = LaterAsync();
        }

        end.SetResult();

        Assert.Null((await later).Options.ParentId);

        async Task<TaskSubmission> LaterAsync()
        {
            await end.Task;
            return Submissions.Complete(s_plain);
        }
    }

    [Fact]
    public void Complete_InsideOfAnActivity_CarriesItsContext()
    {
        using var activity = new Activity("request") { TraceStateString = "vendor=1" }.Start();

        var options = Submissions.Complete(s_plain).Options;

        Assert.Equal((activity.Id, "vendor=1"), (options.TraceParent, options.TraceState));
        Assert.Equal(55, options.TraceParent!.Length);
    }

    [Fact]
    public void Complete_WithATraceStateThatTheGridRefuses_LeavesItOut()
    {
        using var activity = new Activity("request") { TraceStateString = new string('x', 513) }.Start();

        var options = Submissions.Complete(s_plain).Options;

        Assert.Equal((activity.Id, null), (options.TraceParent, options.TraceState));
    }

    [Fact]
    public void Complete_WithATraceOfTheCallers_KeepsIt()
    {
        using var activity = new Activity("request") { TraceStateString = "vendor=1" }.Start();

        var options = Submissions.Complete(TaskSubmission.Create("greet", options: new() { TraceParent = "given" })).Options;

        Assert.Equal(("given", null), (options.TraceParent, options.TraceState));
    }

    [Theory]
    [InlineData("minted", null, "minted", "minted")]
    [InlineData(null, null, "minted", "minted")]
    [InlineData("mine", null, "minted", "mine")]
    [InlineData("mine", "key", null, "mine")]
    public void Rename_WithoutANewKey_KeepsTheId(string? id, string? key, string? minted, string expected) =>
        Assert.Equal(expected, Submissions.Rename(With(id, key), minted).Options.Id);

    [Theory]
    [InlineData("minted")]
    [InlineData(null)]
    public void Rename_WithANewKey_FollowsIt(string? id) =>
        Assert.Equal(IdempotencyKeys.IdOf("key", null), Submissions.Rename(With(id, "key"), "minted").Options.Id);

    [Fact]
    public void AKeyOfAnotherScope_IsAnotherId()
    {
        var ids = new[] { null, "", "a", "b" }.Select(scope => IdempotencyKeys.IdOf("key", scope)).Append(IdempotencyKeys.IdOf("akey", null)).ToList();

        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.All(ids, id => Assert.Matches("^key-[0-9a-f]{32}$", id));
    }

    private static TaskSubmission With(string? id, string? key) => TaskSubmission.Create("greet", options: new() { Id = id, IdempotencyKey = key });
}
