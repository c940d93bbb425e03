using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace TaskGrid.Access;

/// <summary>
/// A key as it is handed out: <c>tg_ID_SECRET</c>, with 64 random bits for an id and 256 for a secret. It is shown once; what is kept is the
/// id and the secret's hash. Pure but for the randomness.
/// </summary>
internal readonly record struct ApiKeyText(string Id, string Secret)
{
    private const string Prefix = "tg_";
    private const int IdLength = 16;
    private const int SecretLength = 43;
    private const int SecretBytes = 32;
    private static readonly SearchValues<char> s_hex = SearchValues.Create("0123456789abcdef");

    public static ApiKeyText New() => new(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdLength / 2)), Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes)));

    /// <summary>The key that a text is; <c>null</c> when it has another form.</summary>
    public static ApiKeyText? Parse(string text) =>
        text.Length == Prefix.Length + IdLength + 1 + SecretLength
        && text.StartsWith(Prefix, StringComparison.Ordinal)
        && text[Prefix.Length + IdLength] == '_'
        && text.AsSpan(Prefix.Length, IdLength).IndexOfAnyExcept(s_hex) < 0
            ? new(text.Substring(Prefix.Length, IdLength), text[^SecretLength..])
            : null;

    /// <summary>What is kept of the secret.</summary>
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Secret)));

    public override string ToString() => $"{Prefix}{Id}_{Secret}";
}
