using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Configuration;
using TaskGrid.Kit;
using TaskGrid.Tls;

namespace TaskGrid.Unit.Tls;

/// <summary>Both sides of a connection, over pipes: what goes through is what was sent, and who has no place is cut off before anything does.</summary>
public sealed class TlsConnectionTests : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    private readonly Certificates _ours = new();
    private readonly Certificates _others = new();

    [Fact]
    public async Task Members_OfOneAuthority_HearEachOther()
    {
        var (client, server) = Pair();
        var heard = RunAsync(Tls(_ours).UseServer, server, HearAsync);
        await RunAsync(Tls(_ours).UseClient, client, c => SayAsync(c, "hello"));
        Assert.Equal("hello", await heard.WaitAsync(s_limit, TimeProvider.System));
    }

    [Fact]
    public async Task AClient_OfAnotherAuthority_IsNotHeard()
    {
        var (client, server) = Pair();
        var heard = RunAsync(Tls(_ours).UseServer, server, HearAsync);
        // It trusts whomever it meets: what counts is what the server thinks of it.
        using var trusting = Mixed(_others, _ours);
        await RunAsync(Tls(trusting).UseClient, client, c => SayAsync(c, "hello"));
        Assert.Null(await heard.WaitAsync(s_limit, TimeProvider.System));
    }

    /// <summary>It would be a way to make this process call whomever one likes.</summary>
    [Fact]
    public async Task AClient_WhoseCertificateNamesAPlace_SendsNobodyThere()
    {
        using var place = new TcpListener(IPAddress.Loopback, 0);
        place.Start();
        using var far = new Certificates($"http://{place.LocalEndpoint}/issuer.crt");
        using var trusting = Mixed(far, _ours);
        foreach (var (use, other) in ((Action<IConnectionBuilder>, Action<IConnectionBuilder>)[])[(Tls(_ours).UseServer, Tls(trusting).UseClient), (Tls(_ours).UseClient, Tls(trusting).UseServer)])
        {
            var (one, two) = Pair();
            var heard = RunAsync(use, one, HearAsync);
            await RunAsync(other, two, c => SayAsync(c, "hello"));
            Assert.Null(await heard.WaitAsync(s_limit, TimeProvider.System));
        }

        Assert.False(place.Pending(), "It was called.");
    }

    [Fact]
    public async Task AServer_OfAnotherAuthority_IsNotToldAnything()
    {
        var (client, server) = Pair();
        using var trusting = Mixed(_others, _ours);
        var heard = RunAsync(Tls(trusting).UseServer, server, HearAsync);
        Assert.Null(await RunAsync(Tls(_ours).UseClient, client, c => SayAsync(c, "hello")));
        Assert.Null(await heard.WaitAsync(s_limit, TimeProvider.System));
    }

    [Fact]
    public async Task APlainClient_IsNotHeard()
    {
        var (client, server) = Pair();
        var heard = RunAsync(Tls(_ours).UseServer, server, HearAsync);
        await SayAsync(client, "hello, this is no TLS");
        Assert.Null(await heard.WaitAsync(s_limit, TimeProvider.System));
    }

    [Fact]
    public void From_WithNothingConfigured_IsNothing() => Assert.Null(GridTls.From(new ConfigurationManager()));

    [Theory]
    [InlineData("TaskGrid:Tls:KeyFile", null, "or none of them")]
    [InlineData("TaskGrid:Tls:AuthorityFile", "/nowhere.pem", "can't be read")]
    public void From_WithHalfOfIt_SaysWhatIsMissing(string key, string? value, string message)
    {
        var settings = _ours.Settings;
        settings[key] = value;
        var e = Assert.Throws<InvalidOperationException>(() => GridTls.From(new ConfigurationBuilder().AddInMemoryCollection(settings).Build()));
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _ours.Dispose();
        _others.Dispose();
    }

    private static GridTls Tls(Certificates certificates) => GridTls.From(new ConfigurationBuilder().AddInMemoryCollection(certificates.Settings).Build())!;

    /// <summary>The certificate of one, and the trust of the other.</summary>
    private static Certificates Mixed(Certificates own, Certificates trusted)
    {
        var mixed = new Certificates();
        File.Copy(own.CertificateFile, mixed.CertificateFile, overwrite: true);
        File.Copy(own.KeyFile, mixed.KeyFile, overwrite: true);
        File.Copy(trusted.AuthorityFile, mixed.AuthorityFile, overwrite: true);
        return mixed;
    }

    /// <summary>Runs one side; <c>null</c> when it came to nothing.</summary>
    private static async Task<string?> RunAsync(Action<IConnectionBuilder> use, ConnectionContext context, Func<ConnectionContext, Task<string>> talk)
    {
        string? said = null;
        var builder = new ConnectionBuilder(new ServiceProviderOfNothing());
        use(builder);
        builder.Run(async inner =>
        {
            try
            {
                said = await talk(inner);
            }
            catch (Exception e) when (e is IOException or InvalidOperationException)
            {
                // The other side has cut it off: with TLS 1.3 a client learns that only when it talks.
            }
        });
        await builder.Build()(context).WaitAsync(s_limit, TimeProvider.System);
        await context.Transport.Output.CompleteAsync();
        return said;
    }

    private static async Task<string> SayAsync(ConnectionContext context, string text)
    {
        await context.Transport.Output.WriteAsync(Encoding.UTF8.GetBytes(text));
        await context.Transport.Output.FlushAsync();
        return text;
    }

    private static async Task<string> HearAsync(ConnectionContext context)
    {
        var read = await context.Transport.Input.ReadAsync();
        var text = Encoding.UTF8.GetString(read.Buffer);
        context.Transport.Input.AdvanceTo(read.Buffer.End);
        return read.Buffer.IsEmpty ? throw new IOException("Nothing was said.") : text;
    }

    private static (ConnectionContext Client, ConnectionContext Server) Pair()
    {
        var (there, back) = (new Pipe(), new Pipe());
        return (new DefaultConnectionContext("client", new Ends(back.Reader, there.Writer), new Ends(there.Reader, back.Writer)),
            new DefaultConnectionContext("server", new Ends(there.Reader, back.Writer), new Ends(back.Reader, there.Writer)));
    }

    private sealed record Ends(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    private sealed class ServiceProviderOfNothing : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }
}
