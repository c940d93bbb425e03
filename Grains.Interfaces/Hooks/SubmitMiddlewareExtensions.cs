using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using TaskGrid.Hooks;

namespace TaskGrid;

/// <summary>Registers code around submits, for clients and silos alike.</summary>
public static class SubmitMiddlewareExtensions
{
    /// <summary>
    /// Adds a middleware inside of those that were added before. One instance serves all submits: as registered in the services, else as a
    /// singleton. It is made at the first submit, so it may itself ask for <see cref="ITaskClient"/>.
    /// </summary>
    public static IServiceCollection AddSubmitMiddleware<TMiddleware>(this IServiceCollection services)
        where TMiddleware : class, ISubmitMiddleware
    {
        services.TryAddSingleton<TMiddleware>();
        return services.AddSingleton(new SubmitStep((provider, next) =>
        {
            var middleware = provider.GetRequiredService<TMiddleware>();
            return (submission, cancellationToken) => middleware.SubmitAsync(submission, next, cancellationToken);
        }));
    }

    /// <summary>Adds a middleware inside of those that were added before; see <see cref="ISubmitMiddleware.SubmitAsync"/>.</summary>
    public static IServiceCollection AddSubmitMiddleware(
        this IServiceCollection services, Func<TaskSubmission, SubmitDelegate, CancellationToken, Task<SubmitReply>> middleware) =>
        services.AddSingleton(new SubmitStep((_, next) => (submission, cancellationToken) => middleware(submission, next, cancellationToken)));
}
