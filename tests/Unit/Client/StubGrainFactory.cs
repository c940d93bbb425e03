using System.Reflection;

namespace TaskGrid.Unit.Client;

/// <summary>Knows the submit grain only.</summary>
public class StubGrainFactory : DispatchProxy
{
    internal StubGrid? Grid { get; set; }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (targetMethod!.GetGenericArguments() is not [var type] || type != typeof(ISubmitGrain))
        {
            throw new NotSupportedException($"{targetMethod}");
        }

        Grid!.Keys.Add((long)args![0]!);
        return Grid;
    }
}
