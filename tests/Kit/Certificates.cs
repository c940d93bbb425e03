using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace TaskGrid.Kit;

/// <summary>An authority of a test's own, and a certificate of it, as files.</summary>
internal sealed class Certificates : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("taskgrid-tls-").FullName;

    /// <param name="issuerAt">Where the certificate says that its issuer's can be got.</param>
    public Certificates(string? issuerAt = null)
    {
        var now = TimeProvider.System.GetUtcNow();
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var asAuthority = new CertificateRequest("CN=authority", authorityKey, HashAlgorithmName.SHA256);
        asAuthority.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        using var authority = asAuthority.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var asMember = new CertificateRequest("CN=member", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        asMember.CertificateExtensions.Add(names.Build());
        if (issuerAt is not null)
        {
            asMember.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension(ocspUris: null, caIssuersUris: [issuerAt]));
        }

        using var member = asMember.Create(authority, now.AddDays(-1), now.AddDays(1), RandomNumberGenerator.GetBytes(8));
        using var expired = asMember.Create(authority, now.AddDays(-1), now.AddHours(-1), RandomNumberGenerator.GetBytes(8));
        File.WriteAllText(AuthorityFile, authority.ExportCertificatePem());
        File.WriteAllText(CertificateFile, member.ExportCertificatePem());
        File.WriteAllText(ExpiredFile, expired.ExportCertificatePem());
        File.WriteAllText(KeyFile, key.ExportPkcs8PrivateKeyPem());
    }

    public string AuthorityFile => Path.Combine(_folder, "authority.pem");

    public string CertificateFile => Path.Combine(_folder, "certificate.pem");

    /// <summary>Of the same key, and an hour too old.</summary>
    public string ExpiredFile => Path.Combine(_folder, "expired.pem");

    public string KeyFile => Path.Combine(_folder, "key.pem");

    /// <summary>As configuration has them.</summary>
    public Dictionary<string, string?> Settings => new()
    {
        ["TaskGrid:Tls:CertificateFile"] = CertificateFile, ["TaskGrid:Tls:KeyFile"] = KeyFile, ["TaskGrid:Tls:AuthorityFile"] = AuthorityFile,
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
