using Xunit;

namespace TaskGrid.Tests.Web;

/// <summary>The process that <c>dotnet run --project Client.Web</c> starts: web, silo and embedded store. All tests share it.</summary>
public sealed class SingleProcess : IAsyncLifetime
{
    private readonly string _data = Directory.CreateTempSubdirectory("taskgrid-web-").FullName;
    private RunningWeb? _web;

    public const string WebhookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    public HttpClient Client => _web!.Client;

    internal RunningWeb Web => _web!;

    public async ValueTask InitializeAsync() =>
        _web = await RunningWeb.StartAsync(
            "Development", "--TaskGrid:Examples", "true", "--TaskGrid:DataFolder", _data, "--TaskGrid:Webhooks:Secrets", WebhookSecret, "--TaskGrid:Webhooks:AllowedHosts", "127.0.0.1");

    public async ValueTask DisposeAsync()
    {
        if (_web is not null)
        {
            await _web.DisposeAsync();
        }

        Directory.Delete(_data, recursive: true);
    }
}
