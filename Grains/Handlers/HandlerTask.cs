using System.Reflection;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.DependencyInjection;

namespace TaskGrid.Handlers;

/// <summary>Makes a task of a handler class: the whole args are one value.</summary>
internal static class HandlerTask
{
    public static GridTaskAttribute AttributeOf(Type args, Type handler) =>
        args.GetCustomAttribute<GridTaskAttribute>()
        ?? handler.GetCustomAttribute<GridTaskAttribute>()
        ?? throw new InvalidOperationException($"AddTask<{args.Name}, {handler.Name}> names no task: put [GridTask(\"some_name\")] on {args.Name} or on {handler.Name}.");

    public static TaskRegistration Register<TArgs, THandler>(string name, TaskOptions options)
        where THandler : class
    {
        if (typeof(THandler).IsAbstract)
        {
            throw InvalidTask.Because(name, $"{typeof(THandler)} is abstract, so no handler can be made of it; name the class that implements it.");
        }

        var args = TypeInfoOf(name, typeof(TArgs));
        if (SensitiveMembers.FindProblem(args) is { } problem)
        {
            throw InvalidTask.Because(name, problem);
        }

        Injection?[] injections =
        [
            static (scope, _, _) => scope.GetRequiredService<THandler>(),
            null,
            static (_, context, _) => context,
            static (_, _, cancellationToken) => cancellationToken,
        ];
        return new(name, options, RunOf<TArgs, THandler>(name), injections, new WholeArgs(slot: 1, args));
    }

    private static Delegate RunOf<TArgs, THandler>(string name)
    {
        var contracts = typeof(THandler).GetInterfaces().Where(IsContractFor<TArgs>).ToArray();
        return contracts switch
        {
            [{ GenericTypeArguments.Length: 1 }] => WithoutResult<TArgs>(),
            [var contract] => (Delegate)typeof(HandlerTask).GetMethod(nameof(WithResult), BindingFlags.NonPublic | BindingFlags.Static)!
                .MakeGenericMethod(contract.GenericTypeArguments).Invoke(null, null)!,
            [] => throw InvalidTask.Because(name, $"{typeof(THandler)} implements neither {Contract<TArgs>()} nor {Contract<TArgs>("TResult")}; implement one of them."),
            _ => throw InvalidTask.Because(name, $"{typeof(THandler)} implements more than one of {Contract<TArgs>()} and {Contract<TArgs>("TResult")}; keep one of them."),
        };
    }

    private static bool IsContractFor<TArgs>(Type type) =>
        type.IsGenericType
        && (type.GetGenericTypeDefinition() == typeof(ITaskHandler<>) || type.GetGenericTypeDefinition() == typeof(ITaskHandler<,>))
        && type.GenericTypeArguments[0] == typeof(TArgs);

    private static Delegate WithoutResult<TArgs>() =>
        (ITaskHandler<TArgs> handler, TArgs args, TaskContext context, CancellationToken cancellationToken) =>
            handler.RunAsync(args, context, cancellationToken);

    private static Delegate WithResult<TArgs, TResult>() =>
        (ITaskHandler<TArgs, TResult> handler, TArgs args, TaskContext context, CancellationToken cancellationToken) =>
            handler.RunAsync(args, context, cancellationToken);

    private static string Contract<TArgs>(string? result = null) =>
        $"ITaskHandler<{typeof(TArgs).Name}{(result is null ? "" : $", {result}")}>";

    private static JsonTypeInfo TypeInfoOf(string task, Type args)
    {
        try
        {
            var type = ArgsJson.TypeInfoFor(args);
            return type.Kind is not JsonTypeInfoKind.Enumerable && !JsonForm.IsScalar(args)
                ? type
                : throw new InvalidOperationException($"args are a JSON object, which {args} can't hold");
        }
        catch (InvalidOperationException e)
        {
            throw InvalidTask.Because(task, $"{e.Message}; use a record or class with one public constructor.", e);
        }
    }
}
