using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace TaskGrid.Handlers;

/// <summary>Gets a parameter's value that does not come from the args.</summary>
internal delegate object? Injection(IServiceProvider scope, TaskContext context, CancellationToken cancellationToken);

/// <summary>Decides which parameters are injected.</summary>
internal static class Injections
{
    /// <summary>How the parameter is injected; <c>null</c> when it is bound from the args.</summary>
    public static Injection? For(string task, ParameterInfo parameter, IServiceProviderIsService services)
    {
        var type = parameter.ParameterType;
        if (type == typeof(TaskContext))
        {
            return static (_, context, _) => context;
        }

        if (type == typeof(CancellationToken))
        {
            return static (_, _, cancellationToken) => cancellationToken;
        }

        if (parameter.GetCustomAttribute<FromKeyedServicesAttribute>() is { } keyed)
        {
            return Keyed(task, parameter, keyed.Key, services);
        }

        return IsService(type, services) ? (scope, _, _) => scope.GetRequiredService(type) : null;
    }

    // Any IEnumerable<T> counts as a service, possibly an empty one; as an argument it must stay one.
    private static bool IsService(Type type, IServiceProviderIsService services) =>
        services.IsService(type)
        && (!type.IsGenericType || type.GetGenericTypeDefinition() != typeof(IEnumerable<>) || services.IsService(type.GenericTypeArguments[0]));

    private static Injection Keyed(string task, ParameterInfo parameter, object? key, IServiceProviderIsService services)
    {
        var type = parameter.ParameterType;
        return services is IServiceProviderIsKeyedService keyed && keyed.IsKeyedService(type, key)
            ? (scope, _, _) => scope.GetRequiredKeyedService(type, key)
            : throw InvalidTask.Because(task, $"parameter '{parameter.Name}' asks for a {type} with the key '{key}', which is not registered; register it.");
    }
}
