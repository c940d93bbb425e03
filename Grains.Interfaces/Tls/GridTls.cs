using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Configuration;

namespace TaskGrid.Tls;

/// <summary>This process's part in mutual TLS.</summary>
internal sealed class GridTls
{
    // Names are no matter: a silo is known by its address, which changes, and by having a certificate of the authority.
    private const string TargetName = "taskgrid";

    private readonly SslStreamCertificateContext _own;
    private readonly X509Certificate2Collection _authority;

    private GridTls(SslStreamCertificateContext own, X509Certificate2Collection authority) => (_own, _authority) = (own, authority);

    /// <summary>As it is configured; <c>null</c> when it is not.</summary>
    /// <exception cref="InvalidOperationException">Only a part is configured, or a file can't be read.</exception>
    public static GridTls? From(IConfiguration configuration)
    {
        var options = configuration.GetSection(TlsOptions.Section).Get<TlsOptions>() ?? new();
        string?[] files = [options.CertificateFile, options.KeyFile, options.AuthorityFile];
        if (files.All(string.IsNullOrEmpty))
        {
            return null;
        }

        if (files.Any(string.IsNullOrEmpty))
        {
            throw new InvalidOperationException("Set TaskGrid__Tls__CertificateFile, TaskGrid__Tls__KeyFile and TaskGrid__Tls__AuthorityFile, or none of them.");
        }

        try
        {
            return Read(options);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Security.Cryptography.CryptographicException)
        {
            throw new InvalidOperationException($"The files of TaskGrid:Tls can't be read as a certificate, its key and an authority in PEM form: {e.Message}", e);
        }
    }

    /// <summary>Lets in who has a certificate of the authority.</summary>
    public void UseServer(IConnectionBuilder connections) => connections.Use(next => context => TlsConnection.RunAsync(context, next, (stream, cancellationToken) => stream.AuthenticateAsServerAsync(
        new SslServerAuthenticationOptions
        {
            ServerCertificateContext = _own, ClientCertificateRequired = true, CertificateChainPolicy = Policy(), RemoteCertificateValidationCallback = IsOfAuthority,
        },
        cancellationToken)));

    /// <summary>Talks to who has a certificate of the authority.</summary>
    public void UseClient(IConnectionBuilder connections) => connections.Use(next => context => TlsConnection.RunAsync(context, next, (stream, cancellationToken) => stream.AuthenticateAsClientAsync(
        new SslClientAuthenticationOptions
        {
            TargetHost = TargetName, ClientCertificateContext = _own, CertificateChainPolicy = Policy(), RemoteCertificateValidationCallback = IsOfAuthority,
        },
        cancellationToken)));

    private static GridTls Read(TlsOptions options)
    {
        using var pem = X509Certificate2.CreateFromPemFile(options.CertificateFile!, options.KeyFile);
        // A key that is in memory only can't be used for this on every system.
        var own = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
        var (chain, authority) = (new X509Certificate2Collection(), new X509Certificate2Collection());
        chain.ImportFromPemFile(options.CertificateFile!);
        authority.ImportFromPemFile(options.AuthorityFile!);
        return new(SslStreamCertificateContext.Create(own, chain, offline: true), authority);
    }

    // The authority is here. A certificate can name a place where to get its issuer's: nobody who is not in yet sends this process there.
    private X509ChainPolicy Policy()
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        policy.CustomTrustStore.AddRange(_authority);
        return policy;
    }

    private static bool IsOfAuthority(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        certificate is not null && (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None;
}
