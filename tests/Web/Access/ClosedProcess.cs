using System.Net.Http.Headers;
using Xunit;

[assembly: AssemblyFixture(typeof(TaskGrid.Tests.Web.Access.ClosedProcess))]

namespace TaskGrid.Tests.Web.Access;

/// <summary>The web process, asked for keys.</summary>
public sealed class ClosedProcess : IAsyncLifetime
{
    public const string AdminKey = "the-admin-key-of-the-tests-0123456789";

    private RunningWeb? _web;

    internal string Data { get; } = Directory.CreateTempSubdirectory("taskgrid-closed-").FullName;

    internal RunningWeb Web => _web!;

    /// <summary>The admin's.</summary>
    internal HttpClient Admin { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _web = await RunningWeb.StartAsync("Development", "--TaskGrid:Examples", "true", "--TaskGrid:DataFolder", Data, "--Access:AdminKey", AdminKey);
        Admin = ClientOf(AdminKey);
    }

    /// <summary>Somebody with a key, or without.</summary>
    internal HttpClient ClientOf(string? key)
    {
        var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = Web.Client.BaseAddress, Timeout = TimeSpan.FromSeconds(90) };
        client.DefaultRequestHeaders.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    /// <summary>A new key.</summary>
    /// <param name="json">What it is to be.</param>
    internal async Task<(string Key, string Id)> KeyAsync(string json)
    {
        using var response = await Admin.PostJsonAsync("/api/v1/keys", json);
        Assert.Equal(System.Net.HttpStatusCode.Created, response.StatusCode);
        var made = await response.JsonAsync();
        return (made.Text("key"), made.GetProperty("info").Text("id"));
    }

    public async ValueTask DisposeAsync()
    {
        if (_web is not null)
        {
            Admin.Dispose();
            await _web.DisposeAsync();
        }

        Directory.Delete(Data, recursive: true);
    }
}
