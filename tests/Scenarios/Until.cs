using Xunit;

namespace TaskGrid.Scenarios;

/// <summary>Waits for a state that is not final: the only ones for which the grid has no event to wait on.</summary>
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
}
