using TaskGrid.Hooks;
using TaskGrid.Tasks;

namespace TaskGrid.Unit.Hooks;

public sealed class AttemptReportTests
{
    private static readonly TaskError s_error = new("type", "message");
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);
    private static readonly AttemptEnd s_end = new()
    {
        TaskId = "id", Task = "add", Queue = "default", Attempt = 1, MaxAttempts = 3, Verdict = AttemptVerdict.Interrupted, RootId = "id",
    };

    [Fact]
    public void Of_EachVerdict_IsWhatTheStoreMadeOfIt()
    {
        (Verdict Verdict, char? Code, AttemptEnd? Expected)[] rows =
        [
            (new Verdict.Succeed(JsonText.From(1)), 'S', s_end with { Verdict = AttemptVerdict.Succeeded, Result = JsonText.From(1) }),
            (new Verdict.Succeed(JsonText.From(1)), null, null),
            (new Verdict.Retry(s_error, s_hour), 'R', s_end with { Verdict = AttemptVerdict.Retrying, Error = s_error, NextIn = s_hour }),
            (new Verdict.Retry(s_error, s_hour), 'F', s_end with { Verdict = AttemptVerdict.Failed, Error = s_error }),
            (new Verdict.Retry(s_error, s_hour), 'C', s_end with { Verdict = AttemptVerdict.Cancelled, Reason = "requested" }),
            (new Verdict.Fail(s_error), 'F', s_end with { Verdict = AttemptVerdict.Failed, Error = s_error }),
            (new Verdict.Snooze(s_hour), 'W', s_end with { Verdict = AttemptVerdict.Snoozed, NextIn = s_hour }),
            (new Verdict.Snooze(s_hour), 'R', s_end with { Verdict = AttemptVerdict.Snoozed, NextIn = s_hour }),
            (new Verdict.Snooze(s_hour), 'F', s_end with { Verdict = AttemptVerdict.Failed, Error = new(ErrorCodes.DeadlineExceeded, "It would have run again past its deadline.") }),
            (new Verdict.Cancel("outdated"), 'C', s_end with { Verdict = AttemptVerdict.Cancelled, Reason = "outdated" }),
            (new Verdict.GiveBack(), null, s_end with { Verdict = AttemptVerdict.Interrupted }),
        ];

        Assert.All(rows, row => Assert.Equal(row.Expected, AttemptReport.Of(s_end, row.Verdict, row.Code)));
    }
}
