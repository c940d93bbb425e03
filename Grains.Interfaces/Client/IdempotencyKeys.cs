using System.Security.Cryptography;
using System.Text;

namespace TaskGrid;

/// <summary>A task's id is made of its idempotency key, so that the same key is the same task without anything to look up.</summary>
internal static class IdempotencyKeys
{
    /// <summary>The id that a key determines.</summary>
    /// <param name="key">The key.</param>
    /// <param name="scope">Whose key it is: the same key of two callers makes two tasks. <c>null</c> is a scope of its own.</param>
    public static string IdOf(string key, string? scope)
    {
        var text = Encoding.UTF8.GetBytes(key);
        // Keyed with the scope rather than written after it: no key of one scope can be spelt so that it is one of another.
        var hash = scope is null ? SHA256.HashData(text) : HMACSHA256.HashData(Encoding.UTF8.GetBytes(scope), text);
        return $"key-{Convert.ToHexStringLower(hash[..16])}";
    }
}
