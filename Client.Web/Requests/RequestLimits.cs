using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace TaskGrid.Requests;

/// <summary>What one request, and all of them together, may take.</summary>
internal static class RequestLimits
{
    /// <summary>The largest request body: 1 MiB.</summary>
    public const int MaxBodyBytes = 1024 * 1024;

    /// <summary>How deep JSON may be nested.</summary>
    public const int MaxDepth = 64;

    /// <summary>The most tasks in one batch.</summary>
    public const int MaxBatch = 1000;

    /// <summary>The longest <c>?wait=</c>, in seconds.</summary>
    public const double MaxWaitSeconds = 60;

    private const int MaxConnections = 10_000;

    // Bytes a second. Kestrel's own are 240, at which the largest body may take more than an hour, and an answer is kept for that long.
    private const double SlowestSender = 4096;
    private const double SlowestReader = 16384;
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(5);

    public static void Apply(KestrelServerOptions options)
    {
        options.AddServerHeader = false;
        options.Limits.MaxRequestBodySize = MaxBodyBytes;
        options.Limits.MaxConcurrentConnections = MaxConnections;
        options.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        options.Limits.MinRequestBodyDataRate = new(SlowestSender, s_grace);
        options.Limits.MinResponseDataRate = new(SlowestReader, s_grace);
    }
}
