using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;

namespace TaskGrid.Embedded;

/// <summary>Says in plain words why a store can't be used. The Redis client says "error connecting right now" to most of it.</summary>
internal static class StoreFault
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>The reason, without any secret of the connection string.</summary>
    public static async Task<string> ExplainAsync(Exception fault, ConfigurationOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var where = string.Join(", ", options.EndPoints.Select(Name));
        return fault switch
        {
            RedisConnectionException { FailureType: ConnectionFailureType.AuthenticationFailure } => $"{where} refuses the user name or password",
            RedisConnectionException => await KnockAsync(options.EndPoints[0], options.Ssl, time, cancellationToken).ConfigureAwait(false) ?? $"nothing answers at {where}",
            RedisServerException { Message: var said } when said.StartsWith("LOADING", StringComparison.Ordinal) => $"{where} is still loading its data",
            RedisServerException { Message: var said } => $"{where} answers: {said}",
            RedisTimeoutException => $"{where} does not answer in time",
            _ => $"{where}: {fault.Message}",
        };
    }

    private static async Task<string?> KnockAsync(EndPoint endPoint, bool tls, TimeProvider time, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(endPoint, either.Token).ConfigureAwait(false);
            return $"{Name(endPoint)} answers, but not as a Redis {(tls ? "with TLS" : "without TLS")}";
        }
        catch (SocketException e)
        {
            return $"{Name(endPoint)}: {e.Message}";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private static string Name(EndPoint endPoint) => endPoint is DnsEndPoint { Host: var host, Port: var port } ? $"{host}:{port}" : endPoint.ToString()!;
}
