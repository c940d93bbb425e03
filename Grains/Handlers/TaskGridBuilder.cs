using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using TaskGrid.Handlers;
using TaskGrid.Queues;

namespace TaskGrid;

/// <summary>Says which tasks a silo runs, and how. Every mistake that can be seen at start throws at start.</summary>
public sealed class TaskGridBuilder
{
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly HashSet<string> _queues = new(StringComparer.Ordinal);

    internal TaskGridBuilder(IServiceCollection services)
    {
        Services = services;
        services.TryAddSingleton<HandlerRegistry>();
    }

    /// <summary>The services of the host, which handlers take their dependencies from.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Registers a delegate: <c>AddTask("add", (int x, int y) => x + y)</c>.</summary>
    /// <param name="name">The stable wire name: 1 to 100 letters, digits, <c>_ . -</c>.</param>
    /// <param name="handler">
    /// The user's code, synchronous (it may block: such tasks get their own threads) or returning a task. <see cref="TaskContext"/>,
    /// <see cref="CancellationToken"/>, parameters marked <see cref="FromKeyedServicesAttribute"/> and those whose type is a
    /// registered service are injected, services from a scope of the attempt. The others are bound from the args, by their
    /// exact name (JSON object) or in their order (JSON array). Only a default value makes one optional, and only a nullable one
    /// takes <c>null</c>. Args are read when a task is submitted and once more in each attempt, so their types must not have
    /// constructors with side effects; an exception that a constructor throws refuses the submit. What the delegate returns is stored as JSON.
    /// </param>
    /// <param name="configure">Changes the defaults of <see cref="TaskOptions"/>.</param>
    /// <exception cref="InvalidOperationException">
    /// The name is invalid or taken, an option is out of range, or a parameter can't be bound. A parameter that is neither a
    /// service nor readable as JSON is found when the host starts, because services may be registered until then.
    /// </exception>
    public TaskGridBuilder AddTask(string name, Delegate handler, Action<TaskOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        var options = Claim(name, new(), configure);
        DelegateTask.Validate(name, handler);
        Services.AddSingleton(provider => DelegateTask.Register(name, options, handler, provider.GetRequiredService<IServiceProviderIsService>()));
        return this;
    }

    /// <summary>
    /// Registers a handler class, whose name and defaults are those of the <see cref="GridTaskAttribute"/> on
    /// <typeparamref name="TArgs"/>, else on <typeparamref name="THandler"/>.
    /// </summary>
    /// <typeparam name="TArgs">What the whole JSON object is read as; a JSON array holds its constructor's parameters in their order.</typeparam>
    /// <typeparam name="THandler">
    /// Implements <see cref="ITaskHandler{TArgs}"/> or <see cref="ITaskHandler{TArgs, TResult}"/>. Created for each attempt in
    /// its own scope, as registered in the services, else as a transient; disposed with the scope.
    /// </typeparam>
    /// <param name="configure">Changes the options that the attribute gave.</param>
    /// <exception cref="InvalidOperationException">
    /// There is no attribute, the name is invalid or taken, an option is out of range, or the handler does not implement exactly
    /// one of the two interfaces.
    /// </exception>
    public TaskGridBuilder AddTask<TArgs, THandler>(Action<TaskOptions>? configure = null)
        where THandler : class
    {
        var attribute = HandlerTask.AttributeOf(typeof(TArgs), typeof(THandler));
        var defaults = TaskOptions.From(attribute);
        var options = Claim(attribute.Name, defaults, configure);
        var registration = HandlerTask.Register<TArgs, THandler>(attribute.Name, options);
        Services.TryAddTransient<THandler>();
        Services.AddSingleton(registration);
        return this;
    }

    /// <summary>
    /// Declares a queue: what its settings are from the start of a silo on. Settings that are made while the grid runs
    /// (<see cref="IQueueClient.ConfigureAsync"/>) stay, also when silos restart. Queues that are not declared are there as soon as they are used.
    /// </summary>
    /// <exception cref="InvalidOperationException">The name or a setting is out of its bounds, or the queue was declared before.</exception>
    public TaskGridBuilder AddQueue(string name, QueueSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if ((QueueRules.Check(name) ?? QueueRules.Check(settings)) is { } refusal)
        {
            throw new InvalidOperationException($"Queue '{name}' can't be declared: {refusal.Message}");
        }

        if (!_queues.Add(name))
        {
            throw new InvalidOperationException($"Queue '{name}' is declared twice.");
        }

        Services.AddSingleton(new DeclaredQueue(name, settings));
        return this;
    }

    private TaskOptions Claim(string name, TaskOptions options, Action<TaskOptions>? configure)
    {
        if (!Names.IsValidTaskName(name))
        {
            throw InvalidTask.Because(name, $"its name is not valid; use 1 to {Names.MaxNameLength} letters, digits, _ . -");
        }

        configure?.Invoke(options);
        if (options.FindProblem() is { } problem)
        {
            throw InvalidTask.Because(name, problem);
        }

        return _names.Add(name) ? options : throw InvalidTask.Twice(name);
    }
}
