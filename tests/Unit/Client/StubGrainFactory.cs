using System.Reflection;

namespace TaskGrid.Unit.Client;

/// <summary>Knows the submit grain only.</summary>
public class StubGrainFactory : DispatchProxy
{
    internal StubGrid? Grid { get; set; }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        targetMethod!.GetGenericArguments() is [var type] && type == typeof(ISubmitGrain) ? Grid : throw new NotSupportedException($"{targetMethod}");
}
