using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Xunit;

namespace TaskGrid.Embedded;

public sealed class When_no_store_is_configured : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly LogProbe _log = new();

    [Fact]
    public async Task The_first_application_hosts_one_and_the_second_joins_it()
    {
        using var first = Build();
        using var second = Build();
        await first.StartAsync();
        await second.StartAsync();

        var address = first.Services.GetRequiredService<IConfiguration>().GetConnectionString("redis")!;
        Assert.Equal(address, second.Services.GetRequiredService<IConfiguration>().GetConnectionString("redis"));
        Assert.Contains($"Embedded store at {address.Split(',')[0]} in {_folder.Path} (this process hosts it)", _log.Lines);
        Assert.Contains($"Joined the embedded store at {address.Split(',')[0]} in {_folder.Path} (another process hosts it)", _log.Lines);
        foreach (var host in new[] { first, second })
        {
            var health = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
            Assert.Equal(HealthStatus.Healthy, health.Status);
            Assert.Equal(nameof(Durability.ProcessSafe), health.Entries["store"].Data["durability"]);
        }

        await second.StopAsync();
        await first.StopAsync();
    }

    public void Dispose() => _folder.Dispose();

    private IHost Build()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Configuration["TaskGrid:DataFolder"] = _folder.Path;
        builder.Logging.ClearProviders().AddProvider(_log);
        Assert.NotNull(builder.AddGridStore());
        return builder.Build();
    }
}
