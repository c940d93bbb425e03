using System.Net;
using System.Net.Sockets;

namespace TaskGrid.Hosting;

/// <summary>Looks whether the web's addresses are free before anything starts: what a silo says on its way up, and down again, would bury the answer.</summary>
internal static class ListenCheck
{
    private const string Default = "http://localhost:5000";

    /// <summary>Whether the web can listen where it is told to; if not, says so and makes it the process's exit code.</summary>
    public static bool CanListen(this WebApplication app)
    {
        var endpoints = app.Configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(e => e["Url"]).OfType<string>().ToList();
        var urls = endpoints.Count > 0 ? endpoints : [.. (app.Configuration[WebHostDefaults.ServerUrlsKey] ?? Default).Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
        if (urls.FirstOrDefault(IsTaken) is not { } taken)
        {
            return true;
        }

        Console.Error.WriteLine($"Somebody listens at {taken} already. Stop that, or listen elsewhere: --urls http://localhost:5001");
        Environment.ExitCode = 1;
        return false;
    }

    private static bool IsTaken(string url)
    {
        // A pipe, or a port that the system chooses.
        var address = BindingAddress.Parse(url);
        if (address.IsUnixPipe || address.IsNamedPipe || address.Port == 0)
        {
            return false;
        }

        using var listener = new TcpListener(
            IPAddress.TryParse(address.Host, out var ip) ? ip : address.Host == "localhost" ? IPAddress.Loopback : IPAddress.Any, address.Port);
        try
        {
            listener.Start();
            return false;
        }
        catch (SocketException e)
        {
            // Whatever else is wrong Kestrel says better.
            return e.SocketErrorCode == SocketError.AddressAlreadyInUse;
        }
    }
}
