using Microsoft.Extensions.DependencyInjection.Extensions;

namespace TaskGrid.Embedded;

/// <summary>Gives an application the store of its grid.</summary>
public static class GridStoreExtensions
{
    /// <summary>
    /// Uses the Redis of connection string <c>redis</c>; when there is none, hosts or joins the embedded store in
    /// <c>TaskGrid:DataFolder</c> (default: <c>.data</c> beside the solution, else under the content root) and puts its address
    /// there, so that all that follows is the same. Call it before anything that reads the connection string, and before
    /// <c>UseOrleans</c>: the store then outlives what uses it.
    /// <para>
    /// The host's start waits, without limit, until the store can be used. A health check <c>store</c> is registered: unhealthy
    /// when the store can't be used, degraded when its settings do not keep what it acknowledges.
    /// </para>
    /// </summary>
    /// <returns>The embedded store, which the host disposes of; null when a Redis is configured.</returns>
    /// <exception cref="TimeoutException">Another process has the embedded store and does not answer.</exception>
    /// <exception cref="InvalidOperationException">The embedded store can't read its data.</exception>
    public static EmbeddedStore? AddGridStore(this IHostApplicationBuilder builder)
    {
        var embedded = string.IsNullOrWhiteSpace(builder.Configuration.GetConnectionString("redis")) ? Embed(builder) : null;
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(services => new StoreProbe(
            services.GetRequiredService<IConfiguration>().GetConnectionString("redis")!,
            embedded is not null,
            services.GetRequiredService<TimeProvider>()));
        builder.Services.AddHostedService<StoreWait>();
        builder.Services.AddHealthChecks().AddCheck<StoreHealthCheck>("store");
        return embedded;
    }

    private static EmbeddedStore Embed(IHostApplicationBuilder builder)
    {
        // The host's own loggers exist only after it is built, and the store must be there before. Not disposed of: Garnet keeps it.
        var loggers = LoggerFactory.Create(logging => logging.AddConfiguration(builder.Configuration.GetSection("Logging")).AddConsole());
        var folder = DataFolder.Resolve(builder.Configuration[DataFolder.Setting], builder.Environment.ContentRootPath);
        var store = EmbeddedStore.StartOrJoin(folder, loggers);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["ConnectionStrings:redis"] = store.ConnectionString });
        // Through a factory, since a container does not dispose of instances it is given.
        builder.Services.AddSingleton(_ => store);
        return store;
    }
}
