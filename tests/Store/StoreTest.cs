namespace TaskGrid.Store;

/// <summary>A test of the store: whatever it did, the invariants hold afterwards.</summary>
public abstract class StoreTest(StoreServers servers) : IAsyncDisposable
{
    private readonly List<TestGrid> _grids = [];

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var grid in _grids)
        {
            await Invariants.AssertAsync(grid);
            await grid.DisposeAsync();
        }
    }

    /// <summary>A grid whose script was changed: it need not keep the invariants.</summary>
    private protected Task<TestGrid> OpenChangedAsync(StoreKind store, Func<string, string> change) => servers.OpenAsync(store, change);

    /// <summary>A grid of this test's own.</summary>
    private protected async Task<TestGrid> OpenAsync(StoreKind store)
    {
        var grid = await servers.OpenAsync(store);
        _grids.Add(grid);
        return grid;
    }
}
