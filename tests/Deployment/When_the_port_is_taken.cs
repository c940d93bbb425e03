using System.Net;
using System.Net.Sockets;

namespace TaskGrid.Deployment;

public sealed class When_the_port_is_taken
{
    /// <summary>Two hundred lines of a silo that starts and stops would stand around the one that helps.</summary>
    [Fact]
    public async Task The_web_says_so_and_nothing_else()
    {
        using var somebody = new TcpListener(IPAddress.Loopback, Ports.Free());
        somebody.Start();
        var folder = Directory.CreateTempSubdirectory("taskgrid-taken-");
        await using var web = await ServerProcess.StartAsync(
            Path.Combine(AppContext.BaseDirectory, "TaskGrid.Client.Web.dll"),
            "listen elsewhere: --urls",
            new Dictionary<string, string>
            {
                ["ASPNETCORE_URLS"] = $"http://localhost:{((IPEndPoint)somebody.LocalEndpoint).Port}",
                ["TaskGrid__DataFolder"] = folder.FullName,
                ["ASPNETCORE_ENVIRONMENT"] = "Development",
            });
        await web.ExitedAsync();

        Assert.Equal(1, web.ExitCode);
        Assert.InRange(web.AllOutput.Count, 1, 5);
        folder.Delete(recursive: true);
    }
}
