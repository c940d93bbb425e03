using System.Security.Cryptography;
using System.Text;

namespace TaskGrid;

/// <summary>A task's id is made of its idempotency key, so that the same key is the same task without anything to look up.</summary>
internal static class IdempotencyKeys
{
    /// <summary>The id that a key determines.</summary>
    public static string IdOf(string key) => $"key-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key))[..16])}";
}
