using System.Text.Json.Nodes;
using TaskGrid.Tasks;

namespace TaskGrid.Handlers;

/// <summary>Reads a task's args into the values of the handler's parameters.</summary>
internal interface IArgsBinder
{
    /// <summary>The JSON Schema of args by name.</summary>
    JsonNode Schema { get; }

    /// <summary>The arguments that only the handler sees.</summary>
    IReadOnlyList<SensitiveArg> Sensitive { get; }

    /// <summary>Fills the places in <paramref name="values"/> that come from the args; never throws.</summary>
    /// <returns>Why the args do not fit, else <c>null</c>.</returns>
    TaskRefusal? Bind(JsonText args, object?[] values);
}
