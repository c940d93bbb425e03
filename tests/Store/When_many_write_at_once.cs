using System.Collections.Concurrent;
using TaskGrid.Storage;
using TaskGrid.Tasks;

namespace TaskGrid.Store;

/// <summary>Scripts exclude one another: on Garnet only with <c>--lua-transaction-mode</c>, without which this fails.</summary>
public sealed class When_many_write_at_once(StoreServers servers) : StoreTest(servers)
{
    private const int Writers = 32;
    private const int Connections = 8;
    private const int RoundsEach = 25;
    private const int SharedIds = 200;

    private readonly ConcurrentBag<string> _created = [];
    private readonly ConcurrentBag<(string Id, long Token)> _leased = [];
    private readonly ConcurrentDictionary<(string Id, long Token), ConcurrentBag<char?>> _outcomes = [];

    [Theory, OnEveryStore]
    public async Task EachIdIsOneTask_EachTokenHasOneOutcome_AndTheCountsAreRight(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        var epoch = (await grid.Leases.OpenAsync("q")).Epoch;
        var connections = new List<StoreConnection>();
        for (var i = 0; i < Connections; i++)
        {
            connections.Add(await grid.ConnectAsync());
        }

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(w => Task.Run(() => WriteAsync(connections[w % Connections], silo, epoch, w))));

        Assert.Equal(_created.Distinct().Count(), _created.Count);
        Assert.Equal(_leased.Distinct().Count(), _leased.Count);
        Assert.All(_outcomes, o => Assert.Single(o.Value.Distinct()));
        await Invariants.AssertAsync(grid);
        await grid.ReconcileAsync(silo);
        await grid.DrainAsync(silo);

        var contents = await Contents.ReadAsync(grid);
        Assert.Equal(_created.Order(), contents.Tasks.Keys.Order());
        Assert.All(contents.Tasks.Values, t => Assert.True(t.Line!.Value.IsFinal));
        Assert.Equal(_created.Count, contents.Tasks.Values.Select(t => t.Line!.Value.Place).Distinct().Count());
        var finished = contents.Tasks.Values.GroupBy(t => $"{t.Line!.Value.Code}:q").ToDictionary(g => g.Key, g => (long)g.Count());
        var expected = finished.Concat(finished.Select(f => KeyValuePair.Create($"kept:{f.Key[0]}", f.Value))).Append(KeyValuePair.Create("A:q", (long)_created.Count));
        Assert.Equal(expected.OrderBy(f => f.Key), contents.Counts.Where(c => c.Key != "stale").OrderBy(c => c.Key));
        Assert.Equal(_created.Count, contents.Buckets.Values.Sum(b => b.Length));
    }

    private async Task WriteAsync(StoreConnection connection, TestSilo silo, long epoch, int writer)
    {
        var (tasks, leases) = (new TaskStore(connection), new LeaseStore(connection));
        var random = new Random(writer);
        for (var round = 0; round < RoundsEach; round++)
        {
            await Task.WhenAll(AcceptAsync(tasks, $"own{writer}-{round}"), AcceptAsync(tasks, $"shared{random.Next(SharedIds)}"));
            var cancel = tasks.CancelAsync($"shared{random.Next(SharedIds)}", "requested");
            var reply = await leases.LeaseAsync("q", epoch, silo.Name, silo.Capabilities, 3, 3);
            foreach (var lease in reply.Leases)
            {
                _leased.Add((lease.Id, lease.Token));
                switch (random.Next(5))
                {
                    case 0:
                        await leases.HandBackAsync(lease.Id, lease.Token);
                        break;
                    case 1:
                        // Left for the comparison with the store.
                        break;
                    default:
                        Verdict verdict = random.Next(3) == 0 ? new Verdict.Fail(new("Boom", "It failed.")) : new Verdict.Succeed(JsonText.From(writer));
                        await Task.WhenAll(FinishAsync(tasks, lease, verdict), FinishAsync(tasks, lease, new Verdict.Succeed(JsonText.From("second"))));
                        break;
                }
            }

            await cancel;
        }
    }

    private async Task AcceptAsync(TaskStore tasks, string id)
    {
        if ((await tasks.AcceptAsync(TestGrid.Task(id))).Acceptance == Acceptance.Created)
        {
            _created.Add(id);
        }
    }

    private async Task FinishAsync(TaskStore tasks, GrantedLease lease, Verdict verdict) =>
        _outcomes.GetOrAdd((lease.Id, lease.Token), _ => []).Add(await tasks.FinishAsync(lease.Id, lease.Token, verdict, []));
}
