using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using StackExchange.Redis;
using TaskGrid.Access;
using TaskGrid.Apis;
using TaskGrid.Embedded;
using TaskGrid.Mail;

namespace TaskGrid.Deployment;

public sealed partial class ComposeTests
{
    private readonly ComposeFile _file = ComposeFile.Read();

    [Fact]
    public void Services_AreTheseFour() => Assert.Equal(["mail", "redis", "silo", "web"], _file.Services.Keys.Order());

    [Fact]
    public void Services_AreBuiltFromDockerfilesThatExist_OrFromAnImageWithAVersion()
    {
        foreach (var (name, service) in _file.Services)
        {
            if (service.Build is { } build)
            {
                Assert.Null(service.Image);
                Assert.Equal(".", build.Context);
                Assert.True(File.Exists(Path.Combine(Repository.Root, build.Dockerfile)), $"{name}: {build.Dockerfile}");
            }
            else
            {
                Assert.Matches(@"^[a-z/]+:v?\d[\d.]*$", service.Image!);
            }
        }
    }

    [Fact]
    public void Environment_IsReadByTheCode()
    {
        foreach (var variable in _file.Services.Values.SelectMany(s => s.Environment.Keys))
        {
            Assert.True(
                KnownSettings.OfTheFramework.Contains(variable) || KnownSettings.Contains(variable.Replace("__", ":", StringComparison.Ordinal)),
                $"Nothing reads {variable}.");
        }
    }

    [Fact]
    public void Environment_OfTheSilo_PassesTheChecksAtStart()
    {
        var services = new ServiceCollection().AddSingleton<IConfiguration>(Configuration("silo")).AddMail();
        services.AddOptions<TaskGridOptions>().BindConfiguration(TaskGridOptions.Section).ValidateDataAnnotations();
        using var provider = services.BuildServiceProvider();

        var mail = provider.GetRequiredService<IOptions<MailOptions>>().Value;

        Assert.Equal(new TaskGridOptions().Name, provider.GetRequiredService<IOptions<TaskGridOptions>>().Value.Name);
        Assert.Contains(mail.Host!, _file.Services.Keys);
        Assert.Equal(MailSecurity.None, mail.Security);
        Assert.True(Configuration("silo").GetValue<bool>("TaskGrid:Examples"));
    }

    [Theory, InlineData("silo"), InlineData("web")]
    public void Environment_PointsToTheRedisOfTheFile(string service)
    {
        var endPoint = Assert.IsType<System.Net.DnsEndPoint>(Assert.Single(ConfigurationOptions.Parse(Configuration(service).GetConnectionString("redis")!).EndPoints));

        Assert.Equal("redis", endPoint.Host);
        Assert.Equal(6379, endPoint.Port);
        Assert.Contains(endPoint.Host, _file.Services[service].DependsOn.Keys);
    }

    [Fact]
    public void Redis_KeepsWhatItAcknowledges()
    {
        var words = _file.Services["redis"].Command!.Split(' ');
        var settings = Enumerable.Range(0, (words.Length - 1) / 2).ToDictionary(i => words[1 + (2 * i)].TrimStart('-'), i => words[2 + (2 * i)]);

        Assert.Equal("redis-server", words[0]);
        Assert.Equal("noeviction", settings["maxmemory-policy"]);
        Assert.Equal(HealthStatus.Healthy, StoreDurability.Judge(settings).Status);
        Assert.Contains(_file.Services["redis"].Volumes, volume => volume.EndsWith(":/data", StringComparison.Ordinal));
    }

    [Fact]
    public void Volumes_AreDeclaredAndUsed() =>
        Assert.Equal(_file.Volumes.Keys.Order(), _file.Services.Values.SelectMany(s => s.Volumes).Select(v => v.Split(':')[0]).Distinct().Order());

    [Fact]
    public void Dependencies_Exist_AndHaveTheHealthCheckThatIsWaitedFor()
    {
        foreach (var (name, dependency) in _file.Services.Values.SelectMany(s => s.DependsOn))
        {
            Assert.Equal("service_healthy", dependency.Condition);
            Assert.NotNull(_file.Services[name].Healthcheck);
        }
    }

    [Fact]
    public void Silo_CanBeScaled()
    {
        Assert.Empty(_file.Services["silo"].Ports);
        Assert.Empty(_file.Services["silo"].Volumes);
        Assert.Equal("auto", Configuration("silo")["TaskGrid:Address"]);
    }

    [Fact]
    public void Silo_ListensOnTheExposedPorts_AndItsCheckLooksForTheGateway()
    {
        var settings = Configuration("silo");
        var gateway = settings.GetValue<int>("TaskGrid:GatewayPort");

        Assert.Equal([settings.GetValue<int>("TaskGrid:SiloPort"), gateway], Dockerfile.Of("Silo").Ports);
        Assert.Contains($":{gateway:X4} ", _file.Services["silo"].Healthcheck!.Test[3], StringComparison.Ordinal);
    }

    [Fact]
    public void Web_ListensOnThePortThatIsPublishedExposedAndChecked()
    {
        var web = _file.Services["web"];
        var port = web.Environment["ASPNETCORE_HTTP_PORTS"];

        Assert.Equal([$"127.0.0.1:5000:{port}"], web.Ports);
        Assert.Equal([int.Parse(port, CultureInfo.InvariantCulture)], Dockerfile.Of("Client.Web").Ports);
        Assert.Contains($"/dev/tcp/127.0.0.1/{port};", web.Healthcheck!.Test[^1], StringComparison.Ordinal);
    }

    /// <summary>No key is committed: a script makes one, on the machine where it is used.</summary>
    [Fact]
    public async Task Web_HasItsKeyFromAFileThatIsMadeAndNeverCommitted()
    {
        var file = Assert.Single(_file.Services["web"].EnvFile);
        var folder = Directory.CreateTempSubdirectory("taskgrid-key-");
        var made = Path.Combine(folder.FullName, file);

        await Script.RunAsync(Repository.Root, "deploy/new-key.sh", made);
        var setting = Assert.Single(File.ReadAllLines(made)).Split('=', 2);
        Assert.Equal("600", (await Script.RunAsync(Repository.Root, "stat", "-c", "%a", made)).Trim());
        await Assert.ThrowsAsync<InvalidOperationException>(() => Script.RunAsync(Repository.Root, "deploy/new-key.sh", made));
        await Assert.ThrowsAsync<InvalidOperationException>(() => Script.RunAsync(Repository.Root, "deploy/new-key.sh", "--help"));
        Assert.False(File.Exists(Path.Combine(Repository.Root, "--help")));

        Assert.Equal("Access__AdminKey", setting[0]);
        Assert.Equal(setting[1], $"{ApiKeyText.Parse(setting[1])}");
        Assert.Contains(file, File.ReadAllLines(Path.Combine(Repository.Root, ".gitignore")));
        Assert.Contains($"/{file}", File.ReadAllLines(Path.Combine(Repository.Root, ".dockerignore")));
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Web_IsCheckedAtAnAddressThatItServes()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Services.AddHealthChecks();
        await using var app = builder.Build();
        app.MapGridHealth();

        var served = ((IEndpointRouteBuilder)app).DataSources.SelectMany(d => d.Endpoints).OfType<RouteEndpoint>().Select(e => e.RoutePattern.RawText);

        Assert.Contains(Request().Match(_file.Services["web"].Healthcheck!.Test[^1]).Groups[1].Value, served);
    }

    [Theory, InlineData("silo"), InlineData("web")]
    public void Stopping_LeavesMoreTimeThanTheHostTakes(string service)
    {
        var seconds = int.Parse(_file.Services[service].StopGracePeriod!.TrimEnd('s'), CultureInfo.InvariantCulture);

        Assert.True(TimeSpan.FromSeconds(seconds) > new HostOptions().ShutdownTimeout);
    }

    [Fact]
    public void Published_OnLoopbackOnly() =>
        Assert.All(_file.Services.Values.SelectMany(s => s.Ports), port => Assert.StartsWith("127.0.0.1:", port, StringComparison.Ordinal));

    private IConfigurationRoot Configuration(string service) => new ConfigurationBuilder()
        .AddInMemoryCollection(_file.Services[service].Environment.Select(e => KeyValuePair.Create(e.Key.Replace("__", ":", StringComparison.Ordinal), (string?)e.Value)))
        .Build();

    [GeneratedRegex("GET ([^ ]+) HTTP")]
    private static partial Regex Request();
}
