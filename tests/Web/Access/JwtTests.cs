using System.IdentityModel.Tokens.Jwt;
using System.Net;
using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace TaskGrid.Tests.Web.Access;

/// <summary>Bearer tokens of an issuer that is asked for its keys over the network, as any OpenID provider is.</summary>
public sealed class JwtTests : IAsyncLifetime
{
    private const string Audience = "taskgrid";

    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("taskgrid-jwt-");
    private readonly RsaSecurityKey _key = new(RSA.Create(2048)) { KeyId = "one" };
    private WebApplication? _issuer;
    private RunningWeb? _web;

    private string Authority => _issuer!.Urls.Single();

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _issuer = builder.Build();
        _issuer.Urls.Add("http://127.0.0.1:0");
        _issuer.MapGet("/.well-known/openid-configuration", () => Results.Json(new { issuer = Authority, jwks_uri = $"{Authority}/keys" }));
        var jwk = JsonWebKeyConverter.ConvertFromRSASecurityKey(new(_key.Rsa.ExportParameters(false)) { KeyId = _key.KeyId });
        _issuer.MapGet("/keys", () => Results.Json(new { keys = new[] { new { kty = jwk.Kty, kid = jwk.Kid, n = jwk.N, e = jwk.E, use = "sig", alg = "RS256" } } }));
        await _issuer.StartAsync(TestContext.Current.CancellationToken);
        _web = await RunningWeb.StartAsync(
            "Development", "--TaskGrid:Examples", "true", "--TaskGrid:DataFolder", _data.FullName, "--Access:JwtAuthority", Authority, "--Access:JwtAudience", Audience);
    }

    [Fact]
    public async Task A_token_has_the_roles_that_its_claim_names()
    {
        using var read = await AskAsync(Token("taskgrid.read"), HttpMethod.Get, "/api/v1/queues");
        using var operate = await AskAsync(Token("taskgrid.read"), HttpMethod.Post, "/api/v1/queues/q/pause");
        using var both = await AskAsync(Token("other", "taskgrid.operate"), HttpMethod.Post, "/api/v1/queues/q/pause");

        Assert.Equal(HttpStatusCode.OK, read.StatusCode);
        await operate.ProblemAsync(403, "forbidden");
        Assert.Equal(HttpStatusCode.OK, both.StatusCode);
    }

    [Fact]
    public async Task A_token_that_is_not_for_this_grid_is_none()
    {
        using var stranger = RSA.Create(2048);
        var forged = Token(["taskgrid.admin"], Audience, Authority, TimeSpan.FromMinutes(5), new(stranger) { KeyId = "one" });
        foreach (var token in new[]
        {
            forged,
            Token(["taskgrid.admin"], "another", Authority, TimeSpan.FromMinutes(5), _key),
            Token(["taskgrid.admin"], Audience, "https://evil.example", TimeSpan.FromMinutes(5), _key),
            Token(["taskgrid.admin"], Audience, Authority, TimeSpan.FromHours(-1), _key),
            Token("taskgrid.read")[..^3] + "abc",
            Token(["taskgrid.admin"], Audience, Authority, TimeSpan.FromMinutes(5), null),
        })
        {
            using var response = await AskAsync(token, HttpMethod.Get, "/api/v1/queues");
            await response.ProblemAsync(401, "unauthenticated");
        }
    }

    /// <summary>Else all who name nobody would be one caller, with one rate and one set of idempotency keys.</summary>
    [Theory]
    [InlineData(null, 401)]
    [InlineData("client_id", 200)]
    [InlineData("azp", 200)]
    public async Task A_token_says_whose_it_is(string? claim, int status)
    {
        var token = Token(["taskgrid.read"], Audience, Authority, TimeSpan.FromMinutes(5), _key, claim ?? "other");
        using var response = await AskAsync(token, HttpMethod.Get, "/api/v1/queues");
        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task A_stream_ends_with_its_token()
    {
        using var client = new HttpClient { BaseAddress = _web!.Client.BaseAddress };
        client.DefaultRequestHeaders.Authorization = new("Bearer", Token(["taskgrid.read"], Audience, Authority, TimeSpan.FromSeconds(3), _key));
        using var stream = await StreamTests.OpenAsync(client, "/api/v1/events");
        await StreamTests.EndAsync(stream);
    }

    [Theory]
    [InlineData("admin")]
    [InlineData("taskgrid.administrator")]
    [InlineData("x.taskgrid.admin")]
    [InlineData("TASKGRID.ADMIN")]
    [InlineData("x taskgrid.admin")]
    public async Task What_only_looks_like_a_role_is_none(string role)
    {
        using var response = await AskAsync(Token(role), HttpMethod.Get, "/api/v1/keys");
        await response.ProblemAsync(403, "forbidden");
    }

    public async ValueTask DisposeAsync()
    {
        await _web!.DisposeAsync();
        await _issuer!.DisposeAsync();
        _key.Rsa.Dispose();
        _data.Delete(recursive: true);
    }

    private string Token(params string[] roles) => Token(roles, Audience, Authority, TimeSpan.FromMinutes(5), _key);

    // A claim of the name that roles have inside of the application is nothing that a token may bring.
    private static string Token(string[] roles, string audience, string issuer, TimeSpan left, RsaSecurityKey? key, string who = "sub")
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var claims = roles.Select(r => new Claim("roles", r)).Append(new(who, "ada")).Append(new(ClaimTypes.Role, "admin"));
        return new JwtSecurityTokenHandler().WriteToken(new JwtSecurityToken(
            issuer, audience, claims, now.AddHours(-2), now + left, key is null ? null : new SigningCredentials(key, SecurityAlgorithms.RsaSha256)));
    }

    private async Task<HttpResponseMessage> AskAsync(string token, HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new("Bearer", token);
        return await _web!.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
