using TaskGrid.Events;
using Xunit;

namespace TaskGrid.Tests.Web.Events;

public sealed class EventFilterTests
{
    private static readonly TaskEvent s_known = new("a", "send", "mail-eu", TaskState.Succeeded);
    private static readonly TaskEvent s_vague = new("a", null, null, null);

    [Theory]
    [InlineData(null, null, null, true, true)]
    [InlineData("mail-eu", null, null, true, false)]
    [InlineData("mail-*", "s*", TaskState.Succeeded, true, false)]
    [InlineData("mail", null, null, false, false)]
    [InlineData(null, "sen", null, false, false)]
    [InlineData(null, null, TaskState.Failed, false, false)]
    [InlineData("*", null, null, true, false)]
    public void Fits_AFilter_WhatIsKnownToFit(string? queue, string? task, TaskState? state, bool known, bool vague)
    {
        var request = new TaskListRequest(new() { Queue = queue, Task = task, State = state }, null, 1, [], []);
        Assert.Equal((known, vague), (EventFilter.Fits(request, s_known), EventFilter.Fits(request, s_vague)));
    }

    [Theory]
    [InlineData("mail-*", "", true)]
    [InlineData("other,mail-eu", "send", true)]
    [InlineData("other", "", false)]
    [InlineData("", "other", false)]
    public void Fits_ALimitedKey_OnlyWhatIsKnownToBeItsOwn(string queues, string tasks, bool known)
    {
        var request = new TaskListRequest(new(), null, 1, Split(queues), Split(tasks));
        Assert.Equal((known, false), (EventFilter.Fits(request, s_known), EventFilter.Fits(request, s_vague)));
    }

    [Theory]
    [InlineData(5, 8, "f,g,h")]
    [InlineData(0, 8, "a,b,c,d,e,f,g,h")]
    [InlineData(8, 8, "")]
    [InlineData(9, 8, "")]
    [InlineData(2, 300, "a,b,c,d,e,f,g,h")]
    [InlineData(298, 300, "g,h")]
    public void After_ANumber_TheLinesSince(long seen, long number, string lines) =>
        Assert.Equal(Split(lines), new TaskLogPart(Split("a,b,c,d,e,f,g,h"), number).After(seen));

    private static string[] Split(string words) => words.Split(',', StringSplitOptions.RemoveEmptyEntries);
}
