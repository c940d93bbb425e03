using System.ComponentModel.DataAnnotations;

namespace TaskGrid.Access;

/// <summary>Who may do what over HTTP.</summary>
internal sealed class AccessOptions : IValidatableObject
{
    public const string Section = "Access";

    private const int ShortestKey = 32;

    /// <summary>
    /// A key with all rights, at least 32 characters that nobody can guess. While neither it nor an authority of tokens is given, nobody is
    /// asked for a key, and only this machine is served.
    /// </summary>
    public string? AdminKey { get; set; }

    /// <summary>The issuer whose JWT bearer tokens are taken, an https address, beside keys.</summary>
    public string? JwtAuthority { get; set; }

    /// <summary>What such tokens must be made for.</summary>
    public string? JwtAudience { get; set; }

    /// <summary>The claim of such tokens that has the roles: <c>taskgrid.submit</c>, <c>taskgrid.read</c>, <c>taskgrid.operate</c>, <c>taskgrid.admin</c>.</summary>
    public string JwtRoleClaim { get; set; } = "roles";

    /// <summary>How many requests a second each key may make, with twice as many at once; 0 for any number.</summary>
    public int RequestsPerSecond { get; set; } = 1000;

    /// <summary>How many streams of events each key may follow at a time, in each web process; 0 for any number.</summary>
    public int StreamsPerKey { get; set; } = 2000;

    /// <summary>Whether somebody has to say who they are.</summary>
    public bool IsClosed => !string.IsNullOrEmpty(AdminKey) || !string.IsNullOrEmpty(JwtAuthority);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!string.IsNullOrEmpty(AdminKey) && AdminKey.Length < ShortestKey)
        {
            yield return new($"Access:AdminKey has {AdminKey.Length} characters; give it at least {ShortestKey} that nobody can guess.");
        }

        if (AdminKey?.Count(c => c == '.') == 2)
        {
            yield return new("Access:AdminKey has three parts with dots between, as tokens have: leave out the dots.");
        }

        if (!string.IsNullOrEmpty(JwtAuthority) && (string.IsNullOrEmpty(JwtAudience) || !Uri.TryCreate(JwtAuthority, UriKind.Absolute, out var authority)
            || (authority.Scheme != Uri.UriSchemeHttps && !authority.IsLoopback)))
        {
            yield return new("Access:JwtAuthority is an https address, and goes with an Access:JwtAudience.");
        }

        if (RequestsPerSecond is < 0 or > 1_000_000)
        {
            yield return new("Access:RequestsPerSecond is between 0 and 1000000.");
        }

        if (StreamsPerKey is < 0 or > 1_000_000)
        {
            yield return new("Access:StreamsPerKey is between 0 and 1000000.");
        }
    }
}
