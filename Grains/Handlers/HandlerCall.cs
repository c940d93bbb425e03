using System.Linq.Expressions;
using System.Reflection;

namespace TaskGrid.Handlers;

/// <summary>Turns a delegate of any shape into one that takes its values as an array and gives its result as JSON.</summary>
internal static class HandlerCall
{
    public static bool IsAsynchronous(Delegate handler) => IsAwaited(InvokeOf(handler).ReturnType);

    /// <summary>What it returns in the end; <c>null</c> for nothing.</summary>
    public static Type? ResultOf(Delegate handler) => InvokeOf(handler).ReturnType switch
    {
        var type when type == typeof(void) || type == typeof(Task) || type == typeof(ValueTask) => null,
        var type when IsAwaited(type) => type.GenericTypeArguments[0],
        var type => type,
    };

    public static Func<object?[], ValueTask<JsonText>> Compile(Delegate handler)
    {
        var values = Expression.Parameter(typeof(object?[]), "values");
        var parameters = InvokeOf(handler).GetParameters();
        var call = Expression.Invoke(
            Expression.Constant(handler),
            parameters.Select((p, i) => Expression.Convert(Expression.ArrayIndex(values, Expression.Constant(i)), p.ParameterType)));
        return Expression.Lambda<Func<object?[], ValueTask<JsonText>>>(Adapt(call), values).Compile();
    }

    // What the delegate declares counts: its method may return something more special.
    private static MethodInfo InvokeOf(Delegate handler) => handler.GetType().GetMethod("Invoke")!;

    private static Expression Adapt(Expression call) => call.Type switch
    {
        var type when type == typeof(void) => Expression.Block(call, Expression.Default(typeof(ValueTask<JsonText>))),
        var type when type == typeof(Task) => Through(nameof(FromTask), [], call),
        var type when type == typeof(ValueTask) => Through(nameof(FromValueTask), [], call),
        var type when IsGeneric(type, typeof(Task<>)) => Through(nameof(FromTaskOf), type.GenericTypeArguments, call),
        var type when IsGeneric(type, typeof(ValueTask<>)) => Through(nameof(FromValueTaskOf), type.GenericTypeArguments, call),
        var type => Through(nameof(FromValue), [type], call),
    };

    private static MethodCallExpression Through(string method, Type[] types, Expression call) =>
        Expression.Call(typeof(HandlerCall), method, types, call);

    private static bool IsAwaited(Type type) =>
        type == typeof(Task) || type == typeof(ValueTask) || IsGeneric(type, typeof(Task<>)) || IsGeneric(type, typeof(ValueTask<>));

    private static bool IsGeneric(Type type, Type definition) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == definition;

    private static ValueTask<JsonText> FromValue<T>(T value) => new(Write(value));

    private static async ValueTask<JsonText> FromTask(Task task)
    {
        await task.ConfigureAwait(false);
        return default;
    }

    private static async ValueTask<JsonText> FromTaskOf<T>(Task<T> task) => Write(await task.ConfigureAwait(false));

    private static async ValueTask<JsonText> FromValueTask(ValueTask task)
    {
        await task.ConfigureAwait(false);
        return default;
    }

    private static async ValueTask<JsonText> FromValueTaskOf<T>(ValueTask<T> task) => Write(await task.ConfigureAwait(false));

    private static JsonText Write<T>(T result)
    {
        if (result is Task)
        {
            // Its properties would be written, while the work goes on unseen.
            throw new ResultNotSerializableException($"The handler returned a task as {typeof(T)}; declare that it returns Task.");
        }

        try
        {
            return JsonText.From(result);
        }
        catch (Exception cause)
        {
            // Whatever it is (a cycle, NaN, a throwing getter), the handler itself has succeeded.
            throw new ResultNotSerializableException($"The result ({typeof(T)}) can't be written as JSON: {cause.Message}", cause);
        }
    }
}
