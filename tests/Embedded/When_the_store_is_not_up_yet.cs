using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace TaskGrid.Embedded;

public sealed class When_the_store_is_not_up_yet : IDisposable
{
    private const string Secret = "s3cr3t-passw0rd";

    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    private readonly TempFolder _folder = new();
    private readonly LogProbe _log = new();
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Nothing_starts_before_it_is()
    {
        var port = Ports.Free();
        var first = new FirstService();
        using var host = Build($"127.0.0.1:{port},password={Secret}", services => services.AddHostedService(_ => first));
        var starting = host.StartAsync();
        var line = await _log.WaitForAsync("The store can't be used");
        Assert.Contains($"127.0.0.1:{port}", line, StringComparison.Ordinal);
        Assert.False(first.Started);

        new StoreAddress(_folder.Path).Publish(port);
        using var store = EmbeddedStore.StartOrJoin(_folder.Path, Settings.With());
        Assert.StartsWith($"127.0.0.1:{port},", store.ConnectionString, StringComparison.Ordinal);
        await PassTimeUntilAsync(starting);

        Assert.True(first.Started);
        Assert.DoesNotContain(_log.Lines, logged => logged.Contains(Secret, StringComparison.Ordinal));
        var health = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        Assert.NotEqual(HealthStatus.Unhealthy, health.Status);
        await host.StopAsync();
    }

    [Theory]
    [InlineData("-WRONGPASS invalid username-password pair or user is disabled.\r\n", "refuses the user name or password")]
    [InlineData("220 mail.example.com ESMTP\r\n", "not as a Redis")]
    public async Task The_log_says_what_is_wrong_and_a_stop_is_heard(string greeting, string reason)
    {
        using var server = Answering(greeting);
        var first = new FirstService();
        using var host = Build($"127.0.0.1:{((IPEndPoint)server.LocalEndpoint).Port},user=ada,password={Secret}", services => services.AddHostedService(_ => first));
        using var stop = new CancellationTokenSource();

        var starting = host.StartAsync(stop.Token);
        await _log.WaitForAsync(reason);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => starting.WaitAsync(Guard));
        Assert.False(first.Started);
        Assert.DoesNotContain(_log.Lines, logged => logged.Contains(Secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_health_check_is_unhealthy_and_says_why()
    {
        var port = Ports.Free();
        using var host = Build($"127.0.0.1:{port}", _ => { });

        var report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();

        Assert.Equal(HealthStatus.Unhealthy, report.Entries["store"].Status);
        Assert.Contains($"127.0.0.1:{port}", report.Entries["store"].Description, StringComparison.Ordinal);
    }

    [Fact]
    public void A_connection_string_that_makes_no_sense_is_refused_without_repeating_it()
    {
        var fault = Assert.Throws<InvalidOperationException>(() => new StoreProbe($"127.0.0.1:6379,passwrod={Secret}", embedded: false, TimeProvider.System));

        Assert.DoesNotContain(Secret, fault.ToString(), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private IHost Build(string redis, Action<IServiceCollection> configure)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Configuration["ConnectionStrings:redis"] = redis;
        builder.Logging.ClearProviders().AddProvider(_log);
        builder.Services.AddSingleton<TimeProvider>(_time);
        Assert.Null(builder.AddGridStore());
        configure(builder.Services);
        return builder.Build();
    }

    /// <summary>Lets the wait between two tries pass, as often as it comes.</summary>
    private async Task PassTimeUntilAsync(Task done)
    {
        var guard = Task.Delay(Guard, TimeProvider.System);
        while (!done.IsCompleted && !guard.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(2));
            await Task.Yield();
        }

        await done.WaitAsync(TimeSpan.FromSeconds(1));
    }

    private static TcpListener Answering(string greeting)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _ = ServeAsync(listener, Encoding.ASCII.GetBytes(greeting));
        return listener;
    }

    private static async Task ServeAsync(TcpListener listener, byte[] greeting)
    {
        while (true)
        {
            using var client = await listener.AcceptTcpClientAsync();
            var stream = client.GetStream();
            for (var read = new byte[4096]; await stream.ReadAsync(read) > 0;)
            {
                // One answer for each command of the handshake, and some to spare.
                for (var i = 0; i < 8; i++)
                {
                    await stream.WriteAsync(greeting);
                }
            }
        }
    }

    private sealed class FirstService : IHostedService
    {
        public bool Started { get; private set; }

        public Task StartAsync(CancellationToken cancellationToken)
        {
            Started = true;
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
