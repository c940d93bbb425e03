using System.Text;

namespace TaskGrid.Tasks;

public sealed class SubmissionRulesTests
{
    private static readonly TaskSubmission s_good = new("add", new("{}"u8.ToArray()), new() { Id = "one" });

    public static TheoryData<string, TaskSubmission> Broken() => new()
    {
        { ErrorCodes.InvalidTaskName, s_good with { Task = "" } },
        { ErrorCodes.InvalidTaskName, s_good with { Task = "../x" } },
        { ErrorCodes.InvalidTaskName, s_good with { Task = new string('a', 101) } },
        { ErrorCodes.InvalidId, s_good with { Options = new() } },
        { ErrorCodes.InvalidId, s_good with { Options = new() { Id = "a b" } } },
        { ErrorCodes.InvalidId, s_good with { Options = new() { Id = "a}b" } } },
        { ErrorCodes.InvalidId, s_good with { Options = new() { Id = new string('a', 129) } } },
        { ErrorCodes.InvalidQueue, With(o => o with { Queue = "a:b" }) },
        { ErrorCodes.InvalidTaskName, s_good with { Task = "taskgrid.webhook" } },
        { ErrorCodes.InvalidQueue, With(o => o with { Queue = "taskgrid.webhooks" }) },
        { ErrorCodes.InvalidId, With(o => o with { Id = "taskgrid.webhook.1.1" }) },
        { ErrorCodes.InvalidPriority, With(o => o with { Priority = -1 }) },
        { ErrorCodes.InvalidPriority, With(o => o with { Priority = 10 }) },
        { ErrorCodes.InvalidMaxAttempts, With(o => o with { MaxAttempts = 0 }) },
        { ErrorCodes.InvalidDelay, With(o => o with { Delay = TimeSpan.FromTicks(-1) }) },
        { ErrorCodes.InvalidDelay, With(o => o with { Delay = TimeSpan.FromDays(4000) }) },
        { ErrorCodes.InvalidDelay, With(o => o with { Delay = TimeSpan.Zero, DueAt = DateTimeOffset.UnixEpoch }) },
        { ErrorCodes.ArgumentsTooLarge, s_good with { Args = new(Encoding.UTF8.GetBytes("\"" + new string('x', 2000) + "\"")) } },
        { ErrorCodes.InvalidArguments, s_good with { Args = new("5"u8.ToArray()) } },
        { ErrorCodes.InvalidArguments, s_good with { Args = new("{"u8.ToArray()) } },
        { ErrorCodes.InvalidArguments, s_good with { Args = new("{} {}"u8.ToArray()) } },
        { ErrorCodes.InvalidArguments, s_good with { Args = default } },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void Check_ABrokenRule_IsNamed(string code, TaskSubmission submission) =>
        Assert.Equal(code, SubmissionRules.Check(submission, 1024)?.Code);

    [Fact]
    public void Check_WhatIsAllowed_Passes()
    {
        Assert.Null(SubmissionRules.Check(s_good, 1024));
        Assert.Null(SubmissionRules.Check(With(o => o with { Queue = "a.b-c_D9", Priority = 9, DueAt = DateTimeOffset.MinValue, MaxAttempts = TaskSettings.Forever }), 1024));
    }

    private static TaskSubmission With(Func<SubmitOptions, SubmitOptions> change) => s_good with { Options = change(s_good.Options) };
}
