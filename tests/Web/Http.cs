using System.Net;
using System.Text;
using System.Text.Json;
using Xunit;

namespace TaskGrid.Tests.Web;

internal static class Http
{
    public const string Tasks = "/api/v1/tasks";

    public static Task<HttpResponseMessage> PostJsonAsync(this HttpClient client, string path, string json) =>
        client.PostBytesAsync(path, Encoding.UTF8.GetBytes(json), "application/json");

    public static async Task<HttpResponseMessage> PostBytesAsync(this HttpClient client, string path, byte[] body, string? contentType, string? encoding = null)
    {
        using var content = new ByteArrayContent(body);
        if (contentType is not null)
        {
            content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        if (encoding is not null)
        {
            content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        }

        return await client.PostAsync(path, content, TestContext.Current.CancellationToken);
    }

    public static async Task<HttpResponseMessage> PostFormAsync(this HttpClient client, string path, params (string Name, string Value)[] fields)
    {
        using var form = new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Name, f.Value)));
        return await client.PostAsync(path, form, TestContext.Current.CancellationToken);
    }

    public static Task<HttpResponseMessage> ReadAsync(this HttpClient client, string path) => client.GetAsync(path, TestContext.Current.CancellationToken);

    /// <summary>Submits, and checks that it was accepted.</summary>
    public static async Task<JsonElement> SubmitAsync(this HttpClient client, string json)
    {
        using var response = await client.PostJsonAsync(Tasks, json);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        return await response.JsonAsync();
    }

    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage response) =>
        JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement;

    /// <summary>Checks that the answer is a problem of this kind and tells nothing of the code behind it.</summary>
    public static async Task<JsonElement> ProblemAsync(this HttpResponseMessage response, int status, string code, string? field = null)
    {
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True((int)response.StatusCode == status, $"Expected {status}, got {(int)response.StatusCode}: {text}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = JsonDocument.Parse(text).RootElement;
        Assert.Equal(code, problem.Text("code"));
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        Assert.NotEmpty(problem.Text("type"));
        Assert.NotEmpty(problem.Text("title"));
        Assert.NotEmpty(problem.Text("detail"));
        Assert.Equal(field, problem.TryGetProperty("field", out var named) ? named.GetString() : null);
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
        return problem;
    }

    public static string Text(this JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
