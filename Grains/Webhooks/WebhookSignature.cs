using System.Security.Cryptography;
using System.Text;

namespace TaskGrid.Webhooks;

/// <summary>Signatures of Standard Webhooks (<c>v1</c>): HMAC-SHA256 over id, timestamp and body. Pure.</summary>
internal static class WebhookSignature
{
    /// <param name="id">The delivery's id, the same in each try.</param>
    /// <param name="timestamp">Unix seconds of the try.</param>
    /// <param name="body">As it is sent.</param>
    /// <param name="keys">One signature is made with each.</param>
    public static string Of(string id, long timestamp, byte[] body, IEnumerable<byte[]> keys)
    {
        byte[] content = [.. Encoding.UTF8.GetBytes(FormattableString.Invariant($"{id}.{timestamp}.")), .. body];
        return string.Join(' ', keys.Select(key => $"v1,{Convert.ToBase64String(HMACSHA256.HashData(key, content))}"));
    }
}
