using Microsoft.Extensions.DependencyInjection;

namespace TaskGrid.Unit.Hooks;

public sealed class UnitOfWorkTests
{
    public interface IOrders : ITaskUnitOfWork;

    public class Orders(List<string> log) : IOrders
    {
        public bool FailsToCommit { get; set; }

        public bool FailsToRollBack { get; set; }

        public Task CommitAsync(CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            log.Add("commit");
            return FailsToCommit ? throw new TimeoutException("commit") : Task.CompletedTask;
        }

        public Task RollbackAsync(CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            log.Add("rollback");
            return FailsToRollBack ? throw new TimeoutException("rollback") : Task.CompletedTask;
        }
    }

    private readonly List<string> _log = [];

    [Fact]
    public async Task Run_TheHandlerReturns_Commits()
    {
        await RunAsync(_ => "done");

        Assert.Equal(["commit"], _log);
    }

    [Fact]
    public async Task Run_TheHandlerThrows_RollsBackAndKeepsTheError()
    {
        await Assert.ThrowsAsync<FormatException>(() => RunAsync(orders =>
        {
            orders.FailsToRollBack = true;
            throw new FormatException();
        }));

        Assert.Equal(["rollback"], _log);
    }

    [Fact]
    public async Task Run_TheCommitThrows_IsTheFailure()
    {
        var failure = await Assert.ThrowsAsync<TimeoutException>(() => RunAsync(orders =>
        {
            orders.FailsToCommit = true;
            return "done";
        }));

        Assert.Equal("commit", failure.Message);
        Assert.Equal(["commit", "rollback"], _log);
    }

    [Fact]
    public async Task Run_StoppedBeforeTheCommit_RollsBack()
    {
        using var stop = new CancellationTokenSource();

        await Assert.ThrowsAsync<OperationCanceledException>(() => RunAsync(
            _ =>
            {
                stop.Cancel();
                return "done";
            },
            stop.Token));

        Assert.Equal(["rollback"], _log);
    }

    [Fact]
    public async Task Run_WithAnInterface_UsesWhatIsRegistered()
    {
        await PipelineRun.RunAsync(
            grid => grid.UseUnitOfWork<IOrders>(), _ => Task.FromResult("done"), services => services.AddSingleton(_log).AddScoped<IOrders, Orders>());

        Assert.Equal(["commit"], _log);
    }

    private Task<string> RunAsync(Func<Orders, string> handler, CancellationToken stop = default) => PipelineRun.RunAsync(
        grid => grid.UseUnitOfWork<Orders>(), execution => Task.FromResult(handler(execution.Services.GetRequiredService<Orders>())),
        services => services.AddSingleton(_log), stop: stop);
}
