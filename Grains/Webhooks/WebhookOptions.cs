using System.ComponentModel.DataAnnotations;

namespace TaskGrid;

/// <summary>How webhooks are delivered. The same on all silos.</summary>
public sealed class WebhookOptions : IValidatableObject
{
    /// <summary>The configuration section they are read from.</summary>
    public const string Section = "TaskGrid:Webhooks";

    /// <summary>
    /// What deliveries are signed with, as Standard Webhooks has it: <c>whsec_</c> and 24 to 64 bytes in base64; several with commas between while one takes the
    /// place of another, and a delivery has a signature of each. Without one, tasks with a webhook are refused.
    /// </summary>
    public string? Secrets { get; set; }

    /// <summary>
    /// Hosts that may be called although their addresses are not public, or by <c>http</c>: names and addresses, with commas between. All others must
    /// be called by <c>https</c>, at public addresses.
    /// </summary>
    public string AllowedHosts { get; set; } = "";

    /// <summary>How long a receiver may take; default 15 s, 1 s to 2 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:02:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(15);

    internal bool IsOn => !string.IsNullOrWhiteSpace(Secrets);

    internal IEnumerable<byte[]> Keys => (Secrets ?? "").Split(',', Trimmed).Select(s => Convert.FromBase64String(s[Prefix.Length..]));

    internal bool Allows(string host) => AllowedHosts.Split(',', Trimmed).Contains(host, StringComparer.OrdinalIgnoreCase);

    private const string Prefix = "whsec_";
    private const StringSplitOptions Trimmed = StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if ((Secrets ?? "").Split(',', Trimmed).Any(s => !IsSecret(s)))
        {
            yield return new($"A secret in TaskGrid:Webhooks:Secrets is not {Prefix} and 24 to 64 bytes in base64. Make one with: echo {Prefix}$(openssl rand -base64 32)", [nameof(Secrets)]);
        }
    }

    private static bool IsSecret(string text)
    {
        Span<byte> bytes = stackalloc byte[100];
        return text.StartsWith(Prefix, StringComparison.Ordinal) && Convert.TryFromBase64String(text[Prefix.Length..], bytes, out var count) && count is >= 24 and <= 64;
    }
}
