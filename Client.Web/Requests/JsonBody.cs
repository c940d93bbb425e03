using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using TaskGrid.Errors;

namespace TaskGrid.Requests;

/// <summary>Reads a request's body as JSON, strictly: uncompressed UTF-8, no larger than Kestrel's limit.</summary>
internal static class JsonBody
{
    /// <exception cref="BadHttpRequestException">The body is too large or does not arrive.</exception>
    public static async Task<Parsed<JsonElement>> ReadAsync(HttpRequest request)
    {
        if (CheckMediaType(request) is { } refusal)
        {
            return refusal;
        }

        using var body = new MemoryStream((int)Math.Min(request.ContentLength ?? 0, RequestLimits.MaxBodyBytes));
        await request.Body.CopyToAsync(body, request.HttpContext.RequestAborted);
        return StrictJson.Parse(body.ToArray());
    }

    /// <summary>The same, where all of it may be left out: no body at all is an object without members.</summary>
    public static async Task<Parsed<JsonElement>> ReadOptionalAsync(HttpRequest request) =>
        request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == false ? StrictJson.Parse("{}"u8.ToArray()) : await ReadAsync(request);

    /// <summary>Why a body can't be of this type or encoding.</summary>
    public static TaskRefusal? CheckEncoding(HttpRequest request) =>
        request.Headers.ContentEncoding.Count == 0 || request.Headers.ContentEncoding is [{ } encoding] && encoding.Equals("identity", StringComparison.OrdinalIgnoreCase)
            ? null
            : new(ApiErrorCodes.UnsupportedMediaType, "Send the body without compression (no Content-Encoding).");

    private static TaskRefusal? CheckMediaType(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
        && (!type.Charset.HasValue || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase))
            ? CheckEncoding(request)
            : new(ApiErrorCodes.UnsupportedMediaType, "Send the body as Content-Type: application/json, in UTF-8.");
}
