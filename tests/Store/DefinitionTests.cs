using System.Text;
using TaskGrid.Storage;
using TaskGrid.Tasks;

namespace TaskGrid.Store;

/// <summary>What was asked for, which lies in one field or in several by how long it is.</summary>
public sealed class DefinitionTests(StoreServers servers) : StoreTest(servers)
{
    private const string TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    /// <summary>Around each end of a piece, and in two pieces for the one character that is split between them.</summary>
    private static readonly int[] s_lengths = [63, 64, 65, 127, 128, 129, 191, 192, 193, 255, 256, 257, 320, 447, 448, 449, 511, 512, 513, 600, 2047, 2048, 2049];

    [Theory, OnEveryStore]
    public async Task Definition_OfAnyLength_IsReadAsItWasWritten(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        foreach (var length in s_lengths)
        {
            NewTask[] tasks = [.. ((string[])["alone", "one", "two"]).Select(kind => OfLength($"{kind}{length}", length))];
            await grid.Tasks.AcceptAsync(tasks[0]);
            await grid.TogetherAsync(tasks[1..].Select(t => (Func<Task<Acceptance>>)(async () => (await grid.Tasks.AcceptAsync(t)).Acceptance)));
            var leases = await grid.LeaseAsync(silo);
            Assert.Equal(tasks.Select(t => t.Id), leases.Select(l => l.Id));
            foreach (var (task, lease) in tasks.Zip(leases))
            {
                var written = Encoding.UTF8.GetString(task.Definition.Encode());
                Assert.Equal(length, Encoding.UTF8.GetByteCount(written));
                Assert.Equal(length > 2048 ? null : written, lease.Definition is { } leased ? Encoding.UTF8.GetString(leased) : null);
                Assert.Equal(written, Encoding.UTF8.GetString((await grid.ReadAsync(task.Id)).Definition!.Encode()));
            }

            var last = $"last-{tasks[0].Id}";
            Assert.Equal(tasks[0].Id, await grid.IdsAsync(new() { Text = last }));
            Assert.Equal(string.Join(' ', tasks.Select(t => t.Id).Reverse()), await grid.IdsAsync(new() { Parent = $"p{length}" }));
        }
    }

    [Theory, OnEveryStore]
    public async Task Forget_OfADefinitionOfAnyLength_LeavesNothingOfIt(StoreKind store)
    {
        var grid = await OpenAsync(store);
        foreach (var length in s_lengths)
        {
            await grid.Tasks.AcceptAsync(OfLength($"t{length}", length));
            await grid.Tasks.CancelAsync($"t{length}", "requested");
            Assert.True(await grid.Tasks.ForgetAsync($"t{length}"));
            Assert.Equal("x", Assert.Single(await grid.Raw.HashGetAllAsync(grid.Key($"t:t{length}"))).Name);
        }
    }

    /// <summary>One piece for a small task, and not a table: it is why a record's state lies in three fields, and its definition in several.</summary>
    [Theory]
    [InlineData("""{"x":12345,"y":1}""", null)]
    [InlineData("""{"to":"ada.lovelace@example.com","subject":"Your order has been sent","order":"01a223e8-f731-76e7-bfb0-2463e51d0350"}""", TraceParent)]
    public async Task Record_OfASmallTask_IsOnePieceInRedis(string args, string? traceParent)
    {
        Assert.SkipWhen(Kit.RedisServer.Path is null, "redis-server is not on the PATH.");
        var grid = await OpenAsync(StoreKind.Redis);
        var (id, silo) = ("01a223e8-f731-76e7-bfb0-2463e51d0350", "10.100.100.100:11111@154903960~1");
        var task = TestGrid.Task(id, "default", "send_email", args: args, hash: new('f', 22));
        await grid.Tasks.AcceptAsync(task with { Definition = task.Definition with { Own = traceParent is null ? null : new() { TraceParent = traceParent } } });
        await grid.Silos.RegisterAsync(silo, "caps", [new("send_email", new("default", new()))]);
        Assert.Equal("listpack", (string?)await grid.Raw.ExecuteAsync("OBJECT", "ENCODING", grid.Key($"t:{id}")));
        await grid.SucceedAsync(Assert.Single(await grid.LeaseAsync(new(silo, "caps"), queue: "default")));
        Assert.Equal("listpack", (string?)await grid.Raw.ExecuteAsync("OBJECT", "ENCODING", grid.Key($"t:{id}")));
    }

    /// <summary>A task whose definition has this many bytes, with a parent, and words of its own at the end; of two bytes each where there is room.</summary>
    private static NewTask OfLength(string id, int length)
    {
        var task = TestGrid.Task(id);
        TaskDefinition Of(string filling) => new(task.Definition.Header, new(Encoding.UTF8.GetBytes($"[\"{filling}last-{id}\"]")), new() { ParentId = $"p{length}" });
        var missing = length - Of("").Encode().Length;
        var filling = $"{new string('ä', missing / 2)}{(missing % 2 == 1 ? "x" : "")}";
        return task with { Definition = Of(filling) };
    }
}
