using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace TaskGrid;

/// <summary>Makes an application that is no Orleans client a user of a grid, over HTTP.</summary>
public static class TaskGridHttpExtensions
{
    /// <summary>
    /// Registers <see cref="ITaskClient"/> over the HTTP API at <see cref="TaskGridHttpOptions.Address"/>, from the section <c>TaskGrid:Http</c> or
    /// <paramref name="configure"/>. It does what the one over Orleans does: ids are minted before the first try, and what has no answer is repeated.
    /// </summary>
    public static IServiceCollection AddTaskGridHttpClient(this IServiceCollection services, Action<TaskGridHttpOptions>? configure = null)
    {
        services.AddOptions<TaskGridHttpOptions>()
            .BindConfiguration(TaskGridHttpOptions.Section)
            .Configure(options => configure?.Invoke(options))
            .Validate(o => o.Address is { IsAbsoluteUri: true, Scheme: "http" or "https" }, "Set TaskGrid__Http__Address to where the grid's web application is, for example https://grid.example.")
            .Validate(o => o.RequestTimeout >= TimeSpan.FromSeconds(1) && o.RequestTimeout <= TimeSpan.FromMinutes(10), "TaskGrid:Http:RequestTimeout must be between 1 second and 10 minutes.")
            .ValidateOnStart();
        services.TryAddSingleton(provider => new GridApi(provider.GetRequiredService<IOptions<TaskGridHttpOptions>>()));
        services.TryAddSingleton<ITaskTransport, HttpTransport>();
        services.AddTaskClientParts();
        return services;
    }
}
