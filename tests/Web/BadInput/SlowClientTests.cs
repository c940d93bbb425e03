using System.Net.Sockets;
using System.Text;
using Xunit;

namespace TaskGrid.Tests.Web.BadInput;

/// <summary>Clients that take their time: each is let go, and nobody else waits for them.</summary>
public sealed class SlowClientTests(SingleProcess process)
{
    private const int Many = 200;

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(90);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Many_whose_headers_never_end_are_answered_408_and_others_are_served_meanwhile()
    {
        using var served = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var others = ServeAsync(served.Token);
        var answers = await Task.WhenAll(Enumerable.Range(0, Many).Select(async _ =>
        {
            using var slow = await SlowClient.ConnectAsync(process.Client.BaseAddress!, s_limit);
            await slow.SendAsync("GET /health/live HTTP/1.1\r\nHost: localhost\r\nX-Slow: ");
            return await slow.DribbleAsync("a");
        }));

        await served.CancelAsync();
        Assert.True(await others > 0, "Nobody else was served.");
        Assert.All(answers, answer => Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_body_that_comes_a_byte_a_second_is_answered_408()
    {
        using var slow = await SlowClient.ConnectAsync(process.Client.BaseAddress!, s_limit);
        await slow.SendAsync($"POST {Http.Tasks} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n");

        var answer = await slow.DribbleAsync(" ");

        Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal);
        Assert.Contains("\"request_timeout\"", answer, StringComparison.Ordinal);
    }

    /// <summary>The answers wait in the server for as long as the reader leaves them there: it must not be for ever.</summary>
    [Fact]
    public async Task Who_asks_for_much_and_reads_nothing_is_cut_off()
    {
        var data = Directory.CreateTempSubdirectory("taskgrid-slow-");
        await using (var web = await RunningWeb.StartAsync("Development", "--TaskGrid:Examples", "true", "--TaskGrid:DataFolder", data.FullName, "--Tests:Hurry", "10"))
        {
            // Together much more than what the system holds between the two.
            await web.Client.SubmitAsync($$"""{"task":"echo","id":"much","args":["{{new string('r', 100_000)}}"]}""");
            using (var done = await web.Client.ReadAsync($"{Http.Tasks}/much?wait=60"))
            {
                Assert.Equal("Succeeded", (await done.JsonAsync()).Text("state"));
            }

            using var slow = await SlowClient.ConnectAsync(web.Client.BaseAddress!, s_limit);
            await slow.SendAsync(string.Concat(Enumerable.Repeat($"GET {Http.Tasks}/much HTTP/1.1\r\nHost: localhost\r\n\r\n", 60)));

            Assert.True(await slow.IsCutOffAsync(), "It was served for as long as it liked.");
        }

        data.Delete(recursive: true);
    }

    private async Task<int> ServeAsync(CancellationToken stop)
    {
        var served = 0;
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        while (!stop.IsCancellationRequested)
        {
            var task = await process.Client.SubmitAsync("""{"task":"add","args":[1,2]}""");
            using var read = await process.Client.ReadAsync($"{Http.Tasks}/{task.Text("id")}?wait=60");
            Assert.Equal("Succeeded", (await read.JsonAsync()).Text("state"));
            served++;
            await tick.WaitForNextTickAsync(CancellationToken.None);
        }

        return served;
    }

    /// <summary>A connection that is used a little at a time.</summary>
    private sealed class SlowClient : IDisposable
    {
        private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        private readonly CancellationTokenSource _limit;

        private SlowClient(TimeSpan limit) => _limit = new(limit, TimeProvider.System);

        public static async Task<SlowClient> ConnectAsync(Uri address, TimeSpan limit)
        {
            var client = new SlowClient(limit);
            await client._socket.ConnectAsync(address.Host, address.Port, client._limit.Token);
            return client;
        }

        public async Task SendAsync(string text) => await _socket.SendAsync(Encoding.ASCII.GetBytes(text), _limit.Token);

        /// <summary>Sends a little every second until the server has had enough; returns what it says.</summary>
        public async Task<string> DribbleAsync(string little)
        {
            var answer = ReadAsync();
            using var tick = new PeriodicTimer(TimeSpan.FromSeconds(1));
            while (!answer.IsCompleted)
            {
                await tick.WaitForNextTickAsync(_limit.Token);
                try
                {
                    await SendAsync(little);
                }
                catch (SocketException)
                {
                    // It has been closed.
                    break;
                }
            }

            return await answer;
        }

        /// <summary>Whether the server closes the connection, though nothing is read from it. It shows by what is sent: nobody is there for it.</summary>
        public async Task<bool> IsCutOffAsync()
        {
            using var tick = new PeriodicTimer(TimeSpan.FromSeconds(1));
            try
            {
                while (await tick.WaitForNextTickAsync(_limit.Token))
                {
                    await SendAsync(" ");
                }
            }
            catch (SocketException)
            {
                return true;
            }
            catch (OperationCanceledException)
            {
                return false;
            }

            return false;
        }

        public void Dispose()
        {
            _socket.Dispose();
            _limit.Dispose();
        }

        private async Task<string> ReadAsync()
        {
            using var received = new MemoryStream();
            var buffer = new byte[4096];
            try
            {
                while (await _socket.ReceiveAsync(buffer, _limit.Token) is > 0 and var count)
                {
                    received.Write(buffer, 0, count);
                }
            }
            catch (SocketException)
            {
                // Reset, since it had sent more than was read: what came before it counts.
            }

            return Encoding.ASCII.GetString(received.ToArray());
        }
    }
}
