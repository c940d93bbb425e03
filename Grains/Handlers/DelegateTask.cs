using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.DependencyInjection;

namespace TaskGrid.Handlers;

/// <summary>Makes a task of a delegate: each parameter is injected or bound from the args.</summary>
internal static class DelegateTask
{
    /// <summary>Refuses what no service provider could mend.</summary>
    public static void Validate(string name, Delegate handler)
    {
        var parameters = ParametersOf(handler);
        if (parameters.FirstOrDefault(p => p.ParameterType.IsByRef || p.ParameterType.IsByRefLike || p.ParameterType.IsPointer) is { } odd)
        {
            throw InvalidTask.Because(name, $"parameter '{odd.Name}' is passed by reference (ref, out, in, a span or a pointer); take it by value.");
        }

        if (parameters.Any(p => string.IsNullOrEmpty(p.Name)))
        {
            throw InvalidTask.Because(name, "a parameter has no name, so args can't be bound to it; use a lambda or a method.");
        }

        if (parameters.CountBy(p => p.Name!).FirstOrDefault(n => n.Value > 1).Key is { } twice)
        {
            throw InvalidTask.Because(name, $"two parameters are named '{twice}'; rename one of them.");
        }

        if (handler.Method.ReturnType == typeof(void) && handler.Method.IsDefined(typeof(AsyncStateMachineAttribute)))
        {
            throw InvalidTask.Because(name, "it is async void, so its end and its exceptions can't be seen; return Task.");
        }

        if (handler.Method.ReturnType.IsByRef || handler.Method.ReturnType.IsByRefLike)
        {
            throw InvalidTask.Because(name, "it returns a reference or a span; return a value.");
        }
    }

    public static TaskRegistration Register(string name, TaskOptions options, Delegate handler, IServiceProviderIsService services)
    {
        var parameters = ParametersOf(handler);
        var injections = parameters.Select(p => Injections.For(name, p, services)).ToArray();
        var nullability = new NullabilityInfoContext();
        var arguments = parameters
            .Where((_, slot) => injections[slot] is null)
            .Select(p => ArgumentOf(name, p, Array.IndexOf(parameters, p), nullability));
        return new(name, options, handler, injections, new ParameterArgs([.. arguments]));
    }

    // Names and defaults are those of the method, which may have a first parameter (a closure, "this") that the delegate hides.
    private static ParameterInfo[] ParametersOf(Delegate handler)
    {
        var visible = handler.GetType().GetMethod("Invoke")!.GetParameters().Length;
        return handler.Method.GetParameters()[^visible..];
    }

    private static Argument ArgumentOf(string task, ParameterInfo parameter, int slot, NullabilityInfoContext nullability) =>
        new(parameter.Name!, slot, TypeInfoOf(task, parameter))
        {
            AllowsNull = parameter.ParameterType.IsValueType || nullability.Create(parameter).WriteState != NullabilityState.NotNull,
            IsOptional = parameter.HasDefaultValue,
            IsSensitive = SensitiveMembers.IsSensitive(parameter),
            Default = parameter.HasDefaultValue ? Argument.DefaultOf(parameter.ParameterType, parameter.DefaultValue) : null,
        };

    private static JsonTypeInfo TypeInfoOf(string task, ParameterInfo parameter)
    {
        try
        {
            return ArgsJson.TypeInfoFor(parameter.ParameterType);
        }
        catch (InvalidOperationException e)
        {
            throw InvalidTask.Because(task, $"parameter '{parameter.Name}' is not a registered service, and {e.Message}; register it as a service, or take a type that JSON can be read as.", e);
        }
    }
}
