using System.Text.Json.Nodes;
using TaskGrid.Tasks;

namespace TaskGrid.Handlers;

/// <summary>One task that this silo runs. All reflection is done when it is made.</summary>
/// <param name="name">The task name.</param>
/// <param name="options">Its options, already validated.</param>
/// <param name="handler">Takes one value per entry of <paramref name="injections"/>.</param>
/// <param name="injections">By parameter; <c>null</c> where <paramref name="args"/> gives the value.</param>
/// <param name="args">Binds the parameters that are not injected.</param>
internal sealed class TaskRegistration(string name, TaskOptions options, Delegate handler, Injection?[] injections, IArgsBinder args)
{
    private readonly Func<object?[], ValueTask<JsonText>> _invoke = HandlerCall.Compile(handler);

    public string Name => name;

    public TaskOptions Options => options;

    /// <summary>The JSON Schema of its args.</summary>
    public JsonNode ArgsSchema => args.Schema;

    /// <summary>The arguments that only the handler sees.</summary>
    public IReadOnlyList<SensitiveArg> Sensitive => args.Sensitive;

    /// <summary>That of its result; <c>null</c> when it has none.</summary>
    public JsonNode? ResultSchema => HandlerCall.ResultOf(handler) is { } result ? TaskSchema.Of(result) : null;

    /// <summary>Whether the handler runs to its end on the thread that calls <see cref="InvokeAsync"/>, which it may block.</summary>
    public bool IsSynchronous { get; } = !HandlerCall.IsAsynchronous(handler);

    /// <summary>Whether args fit the handler: <c>null</c>, or why not. Never throws, whatever the text is.</summary>
    public TaskRefusal? Check(JsonText text) => args.Bind(text, new object?[injections.Length]);

    /// <summary>Runs the handler once and writes its result. The handler's exceptions come out as they were thrown.</summary>
    /// <exception cref="PermanentFailureException">The args do not fit this version of the handler.</exception>
    /// <exception cref="ResultNotSerializableException">What the handler returned can't be written as JSON.</exception>
    public async ValueTask<JsonText> InvokeAsync(IServiceProvider scope, TaskContext context, JsonText text, CancellationToken cancellationToken)
    {
        var values = new object?[injections.Length];
        if (args.Bind(text, values) is { } refusal)
        {
            throw new PermanentFailureException(refusal.Message, new TaskRefusedException(refusal));
        }

        for (var i = 0; i < values.Length; i++)
        {
            if (injections[i] is { } inject)
            {
                values[i] = inject(scope, context, cancellationToken);
            }
        }

        return await _invoke(values).ConfigureAwait(false);
    }
}
