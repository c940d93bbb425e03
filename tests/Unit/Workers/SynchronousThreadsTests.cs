namespace TaskGrid.Workers;

public sealed class SynchronousThreadsTests
{
    /// <summary>A call that nobody has taken fails, is not run behind its attempt's back, and takes no thread's place.</summary>
    [Fact]
    public async Task ACallForWhichThereIsNoThread_FailsAndNeverRuns()
    {
        var (isFull, ran) = (true, new List<int>());
        var threads = new SynchronousThreads(1, TimeProvider.System, loop =>
        {
            if (isFull)
            {
                throw new InsufficientMemoryException("There is no thread left.");
            }

            new Thread(() => loop()) { IsBackground = true }.Start();
        });
        Task<int> Run(int call) => threads.RunAsync("work", () =>
        {
            ran.Add(call);
            return call;
        });

        await Assert.ThrowsAsync<InsufficientMemoryException>(() => Run(1));
        isFull = false;
        Assert.Equal(2, await Run(2));
        Assert.Equal(3, await Run(3));
        Assert.Equal([2, 3], ran);
    }
}
