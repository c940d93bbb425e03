using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using TaskGrid.Access;
using Xunit;

namespace TaskGrid.Tests.Web.Access;

public sealed class KeyTests(ClosedProcess process)
{
    private const string Add = """{"task":"add","args":[2,3]}""";

    [Fact]
    public async Task A_key_is_shown_once_and_kept_as_a_hash()
    {
        var (key, id) = await process.KeyAsync("""{"name":"shown once","roles":["read"]}""");
        using var list = await process.Admin.ReadAsync("/api/v1/keys");
        var text = await list.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.StartsWith($"tg_{id}_", key, StringComparison.Ordinal);
        var item = (await list.JsonAsync()).GetProperty("items").EnumerateArray().Single(k => k.Text("id") == id);
        Assert.Equal("shown once", item.Text("name"));
        var secret = key[^43..];
        Assert.DoesNotContain(secret, text, StringComparison.Ordinal);
        Assert.True(await IsStoredAsync(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)))));
        Assert.False(await IsStoredAsync(secret));
    }

    [Theory]
    [InlineData("Authorization", "Bearer {0}")]
    [InlineData("Authorization", "bearer {0}")]
    [InlineData("X-Api-Key", "{0}")]
    public async Task A_key_is_brought_in_a_header(string header, string form)
    {
        var (key, _) = await process.KeyAsync("""{"name":"brought","roles":["submit"]}""");
        using var request = new HttpRequestMessage(HttpMethod.Post, Http.Tasks) { Content = new StringContent(Add, Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation(header, string.Format(System.Globalization.CultureInfo.InvariantCulture, form, key));
        using var response = await process.ClientOf(null).SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
    }

    [Fact]
    public async Task A_key_in_the_address_is_none()
    {
        using var response = await process.ClientOf(null).PostJsonAsync($"{Http.Tasks}?key={ClosedProcess.AdminKey}&api_key={ClosedProcess.AdminKey}", Add);
        await response.ProblemAsync(401, "unauthenticated");
        Assert.Equal("Bearer", Assert.Single(response.Headers.WwwAuthenticate).Scheme);
    }

    [Theory]
    [InlineData("")]
    [InlineData("tg_")]
    [InlineData("the-admin-key-of-the-tests-0123456780")]
    [InlineData("tg_0123456789abcdef_0123456789012345678901234567890123456789012")]
    [InlineData("a.b.c")]
    public async Task What_is_no_key_is_refused(string key)
    {
        using var response = await process.ClientOf(key.Length == 0 ? null : key).PostJsonAsync(Http.Tasks, Add);
        await response.ProblemAsync(401, "unauthenticated");
    }

    [Fact]
    public async Task A_header_of_a_megabyte_is_refused_and_nothing_else_happens()
    {
        using var response = await process.ClientOf(new string('k', 1 << 20)).ReadAsync($"{Http.Tasks}/nobody");
        Assert.Equal((HttpStatusCode)431, response.StatusCode);
    }

    [Fact]
    public async Task A_secret_that_is_almost_right_is_none()
    {
        var (key, _) = await process.KeyAsync("""{"name":"almost","roles":["submit"]}""");
        using var response = await process.ClientOf(key[..^1] + (key[^1] == 'A' ? 'B' : 'A')).PostJsonAsync(Http.Tasks, Add);
        await response.ProblemAsync(401, "unauthenticated");
    }

    [Fact]
    public async Task A_revoked_key_is_none()
    {
        var (key, id) = await process.KeyAsync("""{"name":"revoked","roles":["submit"]}""");
        using var client = process.ClientOf(key);
        using var before = await client.PostJsonAsync(Http.Tasks, Add);
        using var revoke = await process.Admin.DeleteAsync($"/api/v1/keys/{id}", TestContext.Current.CancellationToken);
        using var after = await client.PostJsonAsync(Http.Tasks, Add);
        using var again = await process.Admin.DeleteAsync($"/api/v1/keys/{id}", TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.NoContent), (before.StatusCode, revoke.StatusCode));
        await after.ProblemAsync(401, "unauthenticated");
        await again.ProblemAsync(404, "not_found");
    }

    /// <summary>Whoever takes a key away hears nothing from the processes that have it.</summary>
    [Fact]
    public async Task A_key_revoked_in_one_process_is_none_in_another_within_five_seconds()
    {
        await using var other = await RunningWeb.StartAsync("Production", "--TaskGrid:DataFolder", process.Data, "--Access:AdminKey", ClosedProcess.AdminKey);
        for (var round = 0; round < 5; round++)
        {
            var (key, id) = await process.KeyAsync("""{"name":"far away","roles":["read"]}""");
            using var client = new HttpClient { BaseAddress = other.Client.BaseAddress };
            client.DefaultRequestHeaders.Authorization = new("Bearer", key);
            var made = Stopwatch.GetTimestamp();
            while ((await client.ReadAsync("/api/v1/queues")).StatusCode != HttpStatusCode.OK)
            {
                Assert.True(Stopwatch.GetElapsedTime(made) < TimeSpan.FromSeconds(30));
            }

            using var revoke = await process.Admin.DeleteAsync($"/api/v1/keys/{id}", TestContext.Current.CancellationToken);
            var revoked = Stopwatch.GetTimestamp();
            while ((await client.ReadAsync("/api/v1/queues")).StatusCode != HttpStatusCode.Unauthorized)
            {
                Assert.True(Stopwatch.GetElapsedTime(revoked) < TimeSpan.FromSeconds(5));
            }
        }
    }

    /// <summary>A call that was given up and repeated may still come, after its key was made and revoked.</summary>
    [Fact]
    public async Task A_call_that_comes_late_does_not_bring_a_revoked_key_back()
    {
        var keys = process.Web.App.Services.GetRequiredService<IGrainFactory>().GetGrain<IApiKeysGrain>(0);
        var (old, late, rotated) = (Key(), Key(), Key());
        Assert.Null(await keys.Put(old));
        Assert.Null(await keys.Put(late));
        Assert.NotNull(await keys.Rotate(old.Id, rotated.Id, rotated.Hash, TimeSpan.FromMinutes(1)));
        Assert.True(await keys.Remove(late.Id));
        Assert.True(await keys.Remove(rotated.Id));

        Assert.NotNull(await keys.Put(late));
        Assert.Null(await keys.Rotate(old.Id, rotated.Id, rotated.Hash, TimeSpan.FromMinutes(1)));
        Assert.DoesNotContain(await keys.List(), k => k.Id == late.Id || k.Id == rotated.Id);

        static StoredApiKey Key() => ApiKeyText.New() is var text ? new() { Id = text.Id, Hash = text.Hash, Name = "late", Roles = [AccessRole.Read] } : null!;
    }

    [Fact]
    public async Task A_rotated_key_counts_beside_the_new_one_as_long_as_was_asked()
    {
        var (old, id) = await process.KeyAsync("""{"name":"rotated","roles":["submit"],"tasks":["ad*"]}""");
        using var rotate = await process.Admin.PostJsonAsync($"/api/v1/keys/{id}/rotate", """{"overlap":60}""");
        var made = await rotate.JsonAsync();
        using var with = await process.ClientOf(old).PostJsonAsync(Http.Tasks, Add);
        using var anew = await process.ClientOf(made.Text("key")).PostJsonAsync(Http.Tasks, Add);
        using var outside = await process.ClientOf(made.Text("key")).PostJsonAsync(Http.Tasks, """{"task":"echo","args":["x"]}""");
        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.Accepted), (with.StatusCode, anew.StatusCode));
        await outside.ProblemAsync(403, "forbidden", "task");

        using var end = await process.Admin.PostJsonAsync($"/api/v1/keys/{id}/rotate", """{"overlap":0}""");
        using var after = await process.ClientOf(old).PostJsonAsync(Http.Tasks, Add);
        Assert.Equal(HttpStatusCode.Created, end.StatusCode);
        await after.ProblemAsync(401, "unauthenticated");
        // Nothing said is a day.
        var (_, other) = await process.KeyAsync("""{"name":"rotated too","roles":["submit"]}""");
        using var bare = await process.Admin.PostAsync($"/api/v1/keys/{other}/rotate", null, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Created, bare.StatusCode);

        using var unknown = await process.Admin.PostJsonAsync("/api/v1/keys/nobody/rotate", "{}");
        await unknown.ProblemAsync(404, "not_found");
    }

    [Theory]
    [InlineData("""{"roles":["read"]}""", "invalid_request", "name")]
    [InlineData("""{"name":"","roles":["read"]}""", "invalid_request", "name")]
    [InlineData("""{"name":"x"}""", "invalid_request", "roles")]
    [InlineData("""{"name":"x","roles":[]}""", "invalid_request", "roles")]
    [InlineData("""{"name":"x","roles":["root"]}""", "invalid_request", "roles")]
    [InlineData("""{"name":"x","roles":["read"],"queues":["a b"]}""", "invalid_request", "queues")]
    [InlineData("""{"name":"x","roles":["admin"],"queues":["a"]}""", "invalid_request", "roles")]
    [InlineData("""{"name":"x","roles":["read"],"expiresAt":"2020-01-01T00:00:00Z"}""", "invalid_request", "expiresAt")]
    [InlineData("""{"name":"x","roles":["read"],"hash":"x"}""", "unknown_field", "hash")]
    public async Task What_makes_no_key_is_refused(string json, string code, string field)
    {
        using var response = await process.Admin.PostJsonAsync("/api/v1/keys", json);
        await response.ProblemAsync(400, code, field);
    }

    [Fact]
    public async Task A_key_that_has_expired_is_none()
    {
        var ends = TimeProvider.System.GetUtcNow().AddSeconds(3);
        var (key, id) = await process.KeyAsync($$"""{"name":"short","roles":["submit"],"expiresAt":"{{ends:O}}"}""");
        using var client = process.ClientOf(key);
        using var before = await client.PostJsonAsync(Http.Tasks, Add);
        Assert.Equal(HttpStatusCode.Accepted, before.StatusCode);

        // A timer may fire a moment before its time.
        while (TimeProvider.System.GetUtcNow() < ends)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        using var after = await client.PostJsonAsync(Http.Tasks, Add);
        await after.ProblemAsync(401, "unauthenticated");
        using var list = await process.Admin.ReadAsync("/api/v1/keys");
        Assert.DoesNotContain((await list.JsonAsync()).GetProperty("items").EnumerateArray(), k => k.Text("id") == id);
    }

    // Whether the embedded store has a text on its disk.
    private async Task<bool> IsStoredAsync(string text)
    {
        foreach (var file in Directory.EnumerateFiles(process.Data, "*", SearchOption.AllDirectories).Where(f => Path.GetFileName(f) != "store.lock"))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(stream, Encoding.Latin1);
            if ((await reader.ReadToEndAsync(TestContext.Current.CancellationToken)).Contains(text, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
