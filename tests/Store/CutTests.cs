namespace TaskGrid.Store;

/// <summary>
/// An embedded store's crash can cut a script after any of its writes. Each prefix must be a state from which the engine's
/// ordinary next steps lead to the right end: nothing lost, nothing done twice.
/// </summary>
public abstract class CutTests(StoreServers servers) : StoreTest(servers)
{
    private const int MoreWritesThanAnyScriptHas = 100;

    /// <summary>Cuts after 0, 1, 2... writes, each time in a new grid, until the operation gets through whole.</summary>
    private protected async Task CutEverywhereAsync(StoreKind store, CutScenario scenario)
    {
        for (var writes = 0; writes < MoreWritesThanAnyScriptHas; writes++)
        {
            var grid = await OpenAsync(store);
            await scenario.Arrange(grid);
            var cut = await grid.CutAsync(writes, scenario.Operation);
            await Invariants.AssertAsync(grid, afterCut: true, $"cut after {writes} writes");
            try
            {
                await scenario.Recover(grid);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"{grid.Name} did not recover from a cut after {writes} writes: {e.Message}", e);
            }

            await Invariants.AssertAsync(grid, when: $"recovered from a cut after {writes} writes");
            if (!cut)
            {
                Assert.True(writes > 0, "The operation writes nothing.");
                return;
            }
        }

        Assert.Fail($"The operation was still cut after {MoreWritesThanAnyScriptHas} writes.");
    }

    /// <summary>Runs what is ready, and checks that each task has come to its end in the way told.</summary>
    private protected static async Task AssertEndsAsync(TestGrid grid, string state, int attempt, params string[] ids)
    {
        var silo = await grid.SiloAsync();
        await grid.DrainAsync(silo);
        await AssertEndedAsync(grid, state, attempt, ids);
        Assert.Empty(await grid.Leases.HeldByAsync(silo.Name));
    }

    private protected static async Task AssertEndedAsync(TestGrid grid, string state, int attempt, params string[] ids)
    {
        foreach (var id in ids)
        {
            var line = (await grid.ReadAsync(id)).Line;
            Assert.Equal($"{id} {state[0]} {attempt}", $"{id} {line.Code} {line.Attempt}");
        }
    }
}
