using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace TaskGrid;

/// <summary>What the API answered.</summary>
/// <param name="Body">The body, when it was done.</param>
/// <param name="Refusal">Why it was not.</param>
/// <param name="IsReplay">Whether the submit had been accepted before.</param>
internal readonly record struct ApiAnswer(byte[] Body, TaskRefusal? Refusal, bool IsReplay)
{
    /// <exception cref="GridUnavailableException">It is none of a grid's: a proxy or a sign-in page may have answered in its place.</exception>
    public T Read<T>()
    {
        try
        {
            return JsonSerializer.Deserialize<T>(Body, HttpJson.Options) ?? throw new JsonException("null");
        }
        catch (JsonException e)
        {
            throw new GridUnavailableException(ErrorCodes.GridUnavailable, "The answer is not one of a grid's web application.", e);
        }
    }
}

/// <summary>One request at a time to the HTTP API. All that means "no answer" is a <see cref="GridUnavailableException"/>, so that it is repeated as calls to silos are.</summary>
internal sealed class GridApi(IOptions<TaskGridHttpOptions> options) : IDisposable
{
    private const string Replayed = "Idempotent-Replayed";

    private readonly HttpClient _http = ClientOf(options.Value);

    public void Dispose() => _http.Dispose();

    /// <param name="method">The method.</param>
    /// <param name="path">Below <c>api/v1/</c>.</param>
    /// <param name="body">JSON, if there is any.</param>
    /// <param name="wait">How much longer than usual it may take.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="touch">Names a change, so that it is made once, and of what its caller has seen.</param>
    /// <exception cref="GridUnavailableException">No answer; it may have been carried out.</exception>
    public async Task<ApiAnswer> SendAsync(HttpMethod method, string path, byte[]? body, TimeSpan wait, CancellationToken cancellationToken, TaskTouch? touch = null)
    {
        using var request = new HttpRequestMessage(method, $"api/v1/{path}");
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        }

        if (touch is not null)
        {
            request.Headers.Add("Idempotency-Key", touch.Operation);
            request.Headers.IfMatch.Add(new(string.Create(CultureInfo.InvariantCulture, $"\"{touch.Seen}\"")));
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.Value.RequestTimeout + wait);
        try
        {
            using var response = await _http.SendAsync(request, limit.Token).ConfigureAwait(false);
            return await ReadAsync(response, limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or IOException || e is OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            throw new GridUnavailableException(ErrorCodes.GridUnavailable, $"{_http.BaseAddress} did not answer: {e.Message}", e);
        }
    }

    // For as long as the application: its handler looks the address up anew every few minutes.
    private static HttpClient ClientOf(TaskGridHttpOptions options)
    {
        var address = options.Address!.AbsoluteUri;
        var client = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(2), AllowAutoRedirect = false })
        {
            BaseAddress = new(address.EndsWith('/') ? address : address + "/"),
            Timeout = Timeout.InfiniteTimeSpan,
        };
        client.DefaultRequestHeaders.Authorization = string.IsNullOrEmpty(options.Key) ? null : new AuthenticationHeaderValue("Bearer", options.Key);
        return client;
    }

    private static async Task<ApiAnswer> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        if (response.IsSuccessStatusCode)
        {
            return new(body, null, response.Headers.Contains(Replayed));
        }

        // Whatever the server, or something on the way to it, says of itself rather than of the request: it may have been carried out, and is repeated.
        var problem = ProblemIn(response, body);
        return (int)response.StatusCode >= 500 || response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout
            ? throw new GridUnavailableException(problem?.Code ?? ErrorCodes.GridUnavailable, problem?.Detail ?? $"The answer was {(int)response.StatusCode}.") { RetryAfter = response.Headers.RetryAfter?.Delta }
            : new(body, problem is null ? new("http_error", $"The answer was {(int)response.StatusCode}, and no problem of a grid's.") : new(problem.Code, problem.Detail, problem.Field), false);
    }

    private static Problem? ProblemIn(HttpResponseMessage response, byte[] body)
    {
        try
        {
            return response.Content.Headers.ContentType?.MediaType == "application/problem+json"
                && JsonSerializer.Deserialize<Problem>(body, HttpJson.Options) is { Code: not null, Detail: not null } problem ? problem : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record Problem(string Code, string Detail, string? Field = null);
}
