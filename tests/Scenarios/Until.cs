using Xunit;

namespace TaskGrid.Scenarios;

/// <summary>Waits for what the grid has no event for, such as a state that is not final.</summary>
internal static class Until
{
    public static async Task<TaskSnapshot> State(TaskHandle handle, TaskState state)
    {
        for (var tries = 0; tries < 600; tries++)
        {
            var snapshot = await handle.GetSnapshotAsync(TestContext.Current.CancellationToken);
            if (snapshot?.State == state)
            {
                return snapshot;
            }

            Assert.False(snapshot?.State.IsFinal(), $"{snapshot?.Task} is {snapshot?.State} and will not be {state}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        throw new TimeoutException($"Task {handle.Id} did not become {state}.");
    }

    public static async Task True(Func<Task<bool>> condition, string what)
    {
        for (var tries = 0; !await condition(); tries++)
        {
            Assert.True(tries < 600, $"It did not come to this: {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}
