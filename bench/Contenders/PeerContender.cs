using System.Text.Json;
using StackExchange.Redis;

namespace TaskGrid.Bench;

/// <summary>A peer: one worker process and one client process, which know the same commands.</summary>
/// <param name="peer">Which one.</param>
/// <param name="redis">Its own.</param>
/// <param name="worker">The process that runs its tasks.</param>
/// <param name="client">The process that submits them.</param>
internal sealed class PeerContender(Peer peer, RedisProbe redis, CommandProcess worker, CommandProcess client) : IContender
{
    public string Name => peer.Name;

    public static async Task<PeerContender> StartAsync(Peer peer)
    {
        var redis = await RedisProbe.StartAsync();
        CommandProcess? worker = null;
        try
        {
            worker = await CommandProcess.StartAsync($"{peer.Name}'s worker", [.. peer.Command("worker"), redis.Address], peer.Environment);
            var client = await CommandProcess.StartAsync($"{peer.Name}'s client", [.. peer.Command("client"), redis.Address], peer.Environment);
            return new(peer, redis, worker, client);
        }
        catch
        {
            if (worker is not null)
            {
                await worker.DisposeAsync();
            }

            await redis.DisposeAsync();
            throw;
        }
    }

    public async Task<double[]> SubmitAsync(int count, int inFlight) => Numbers(await client.AskAsync("submit", new { count, inFlight }));

    public Task FillAsync(int count) => client.AskAsync("fill", new { count });

    public async Task<double[]> RoundTripsAsync(int count) => Numbers(await client.AskAsync("roundTrips", new { count }));

    public async Task<double[]> LatenessAsync(int count, TimeSpan ahead, TimeSpan between) =>
        Numbers(await client.AskAsync("lateness", new { count, aheadMs = ahead.TotalMilliseconds, betweenMs = between.TotalMilliseconds }));

    public Task HoldAsync() => worker.AskAsync("hold");

    public Task ReleaseAsync() => worker.AskAsync("release");

    public Task<long> SucceededAsync() => peer.SucceededAsync(redis.Database);

    public async Task<Usage> UsageAsync() => new(await client.UsageAsync(), await worker.UsageAsync(), Web: null, await redis.UsageAsync());

    public async ValueTask DisposeAsync()
    {
        await client.DisposeAsync();
        await worker.DisposeAsync();
        await redis.DisposeAsync();
    }

    private static double[] Numbers(JsonElement answer) => answer.GetProperty("ms").Deserialize<double[]>()!;
}

/// <summary>How a peer is started and counted.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Program">The command that a role (<c>worker</c> or <c>client</c>) and the address of Redis follow.</param>
/// <param name="Environment">Its settings.</param>
/// <param name="SucceededAsync">How many of its tasks have succeeded.</param>
/// <param name="MostTasks">How many a run has at most: more of a slow one takes minutes and says nothing new.</param>
internal sealed record Peer(
    string Name, IReadOnlyList<string> Program, IReadOnlyDictionary<string, string> Environment, Func<IDatabase, Task<long>> SucceededAsync, int MostTasks)
{
    public IReadOnlyList<string> Command(string role) => [.. Program, role];
}
