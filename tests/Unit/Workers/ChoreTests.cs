namespace TaskGrid.Workers;

public sealed class ChoreTests
{
    [Fact]
    public void Begin_WhileItGoesOn_DoesNothing()
    {
        var (chore, first, begun) = (new Chore(), new TaskCompletionSource(), 0);
        Assert.True(chore.Ended.IsCompleted);

        chore.Begin(() => { begun++; return first.Task; });
        chore.Begin(() => { begun++; return Task.CompletedTask; });

        Assert.Equal((1, false), (begun, chore.Ended.IsCompleted));
        first.SetResult();
        chore.Begin(() => { begun++; return Task.CompletedTask; });
        Assert.Equal((2, true), (begun, chore.Ended.IsCompleted));
    }
}
