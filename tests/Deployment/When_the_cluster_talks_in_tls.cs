using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace TaskGrid.Deployment;

public sealed class When_the_cluster_talks_in_tls
{
    [Fact]
    public async Task Tasks_run_and_a_plain_peer_is_cut_off()
    {
        Need.Programs("redis-server", "curl");
        using var certificates = new Certificates();
        await using var cluster = await RunningCluster.StartAsync(certificates.Settings.ToDictionary(s => s.Key.Replace(":", "__", StringComparison.Ordinal), s => s.Value!));
        var http = cluster.Http;
        var workers = await cluster.WorkersAsync();
        var tasks = await Task.WhenAll(Enumerable.Range(0, 50).Select(async i =>
        {
            using var answer = await http.PostAsJsonAsync("api/v1/tasks?wait=30", new { task = "add", args = new { x = i, y = 1 } });
            return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("result").GetInt32();
        }));
        Assert.Equal(Enumerable.Range(1, 50), tasks);

        foreach (var worker in workers)
        {
            // 127.0.0.1:port@generation~life
            using var plain = new TcpClient();
            await plain.ConnectAsync("127.0.0.1", int.Parse(worker.Split(':')[1].Split('@')[0], System.Globalization.CultureInfo.InvariantCulture));
            Assert.Equal(0, await EndAsync(plain.GetStream()));
        }

        Assert.Equal(0, await cluster.Script.InterruptAsync());
    }

    /// <summary>How many bytes of an answer come before the connection is closed, TLS' own alert apart.</summary>
    private static async Task<int> EndAsync(NetworkStream stream)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
        var answer = new MemoryStream();
        try
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(new string('x', 100)), limit.Token);
            await stream.CopyToAsync(answer, limit.Token);
        }
        catch (IOException)
        {
            // Reset: closed all the same.
        }

        const byte Alert = 21;
        return answer.Length > 0 && answer.ToArray()[0] == Alert ? 0 : (int)answer.Length;
    }
}
