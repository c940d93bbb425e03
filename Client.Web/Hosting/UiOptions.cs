using System.ComponentModel.DataAnnotations;

namespace TaskGrid.Hosting;

/// <summary>What the pages know of the world around the grid.</summary>
internal sealed class UiOptions : IValidatableObject
{
    public const string Section = "Ui";

    private const string Place = "{traceId}";

    /// <summary>Where a trace is looked at: an http or https address with <c>{traceId}</c> in it. Without it the pages show its id alone.</summary>
    public string? TraceUrl { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!string.IsNullOrEmpty(TraceUrl) && !(TraceUrl.Contains(Place, StringComparison.Ordinal)
            && Uri.TryCreate(TraceUrl.Replace(Place, "0", StringComparison.Ordinal), UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)))
        {
            yield return new($"Ui:TraceUrl is an http or https address with {Place} where the id of a trace belongs.");
        }
    }
}
