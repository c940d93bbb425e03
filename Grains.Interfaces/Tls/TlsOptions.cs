namespace TaskGrid;

/// <summary>Mutual TLS between silos, and between silos and clients: all of them have it, or none. All three files, in PEM form, or nothing.</summary>
public sealed class TlsOptions
{
    /// <summary>The configuration section they are read from.</summary>
    public const string Section = "TaskGrid:Tls";

    /// <summary>The process's own certificate, with what stands between it and the authority.</summary>
    public string? CertificateFile { get; set; }

    /// <summary>The key of it.</summary>
    public string? KeyFile { get; set; }

    /// <summary>The certificates of the grid's own authority: whoever has a certificate of it belongs to the grid, whatever its name is.</summary>
    public string? AuthorityFile { get; set; }
}
