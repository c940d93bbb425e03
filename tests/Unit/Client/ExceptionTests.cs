using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Serialization;

namespace TaskGrid.Unit.Client;

/// <summary>What a silo throws has to reach a client of another process as what it is.</summary>
public sealed class ExceptionTests
{
    [Fact]
    public void GridUnavailable_IsReadAsItWasWritten()
    {
        var serializer = new ServiceCollection().AddSerializer().BuildServiceProvider().GetRequiredService<Serializer>();
        var read = Assert.IsType<GridUnavailableException>(serializer.Deserialize<Exception>(serializer.SerializeToArray<Exception>(new GridUnavailableException(ErrorCodes.StoreUnavailable, "It is away."))));
        Assert.Equal((ErrorCodes.StoreUnavailable, "It is away."), (read.Code, read.Message));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(long.MaxValue)]
    public async Task AnyPatience_IsOneThatACallCanHave(long ticks)
    {
        var calls = new GridCalls(Options.Create(new TaskGridClientOptions()), new(TimeProvider.System), TimeProvider.System);
        Assert.Equal(1, await calls.RetryAsync(() => Task.Run(() => 1), CancellationToken.None, TimeSpan.FromTicks(ticks)));
    }

    [Fact]
    public async Task ATimeoutAfterItsCallerHasCancelled_IsACancellation()
    {
        var calls = new GridCalls(Options.Create(new TaskGridClientOptions()), new(TimeProvider.System), TimeProvider.System);
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => calls.RetryAsync<int>(
            () =>
            {
                stop.Cancel();
                throw new TimeoutException();
            },
            stop.Token));
    }
}
