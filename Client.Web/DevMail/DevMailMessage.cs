namespace TaskGrid.DevMail;

/// <summary>One kept mail in full.</summary>
internal sealed record DevMailMessage : DevMailSummary
{
    public DevMailMessage(DevMailSummary summary, string text, IReadOnlyList<DevMailHeader> headers)
        : base(summary)
    {
        Text = text;
        Headers = headers;
    }

    /// <summary>Its text with line feeds; of a mail that is HTML alone, the source.</summary>
    public string Text { get; }

    /// <summary>Its headers, decoded, in their order; those of its content last.</summary>
    public IReadOnlyList<DevMailHeader> Headers { get; }
}

/// <summary>A header of a mail.</summary>
internal sealed record DevMailHeader(string Name, string Value);
