using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using TaskGrid.Handlers;
using TaskGrid.Hooks;
using TaskGrid.Tasks;
using TaskGrid.Workers;

namespace TaskGrid.Testing;

/// <summary>
/// Runs single attempts of one task without a grid: args through JSON and binding, services from a scope of the attempt, middleware,
/// and the grid's own decision on what follows. Nothing waits and nothing is retried: the outcome says what would be.
/// </summary>
public sealed class TaskRun : IDisposable, IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly TaskRegistration _task;

    private TaskRun(ServiceProvider services, TaskRegistration task)
    {
        _services = services;
        _task = task;
    }

    /// <summary>The container that handlers take their services from.</summary>
    public IServiceProvider Services => _services;

    /// <summary>What the handler submitted through <see cref="ITaskClient"/>, unless <see cref="Of{TArgs, THandler}"/> was given another one.</summary>
    public SubmissionLog Submissions => (_services.GetRequiredService<ITaskClient>() as RecordingTaskClient
        ?? throw new InvalidOperationException("The test has registered an ITaskClient of its own: ask that one.")).Submissions;

    /// <summary>A handler class.</summary>
    /// <param name="configure">Adds services (<c>grid.Services</c>) and middleware.</param>
    /// <exception cref="InvalidOperationException">The definition is one that would stop a host from starting.</exception>
    public static TaskRun Of<TArgs, THandler>(Action<TaskGridBuilder>? configure = null)
        where THandler : class => Named(HandlerTask.AttributeOf(typeof(TArgs), typeof(THandler)).Name, grid =>
        {
            configure?.Invoke(grid);
            grid.AddTask<TArgs, THandler>();
        });

    /// <summary>A delegate.</summary>
    /// <inheritdoc cref="Of{TArgs, THandler}"/>
    public static TaskRun Of(Delegate handler, Action<TaskGridBuilder>? configure = null) => Named("task", grid =>
    {
        configure?.Invoke(grid);
        grid.AddTask("task", handler);
    });

    /// <summary>One of the tasks that an application registers, by its name, with the options that it has there.</summary>
    /// <param name="task">The task name.</param>
    /// <param name="configure">Registers it, as the application does, and adds services and middleware.</param>
    /// <exception cref="ArgumentException">No such task was registered.</exception>
    /// <exception cref="InvalidOperationException">The definition is one that would stop a host from starting.</exception>
    public static TaskRun Named(string task, Action<TaskGridBuilder> configure)
    {
        var services = new ServiceCollection();
        configure(new TaskGridBuilder(services));
        services.AddLogging();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ITaskClient, RecordingTaskClient>();
        services.TryAddSingleton<ITaskContextAccessor, TaskContextAccessor>();
        services.AddSingleton<ExecutionPipeline>();
        var provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true });
        return provider.GetRequiredService<HandlerRegistry>().TryGet(task, out var registration)
            ? new(provider, registration)
            : throw new ArgumentException($"No task named '{task}' was registered.", nameof(task));
    }

    /// <summary>Runs one attempt.</summary>
    /// <param name="args">Any value that serialises to a JSON object or array; none is an empty object.</param>
    /// <param name="context">What the handler is to find and tell; default: the first attempt of a task.</param>
    /// <param name="cancellationToken">Ends the attempt as the stop of its silo would.</param>
    /// <exception cref="TaskRefusedException">The arguments do not fit: a grid would not accept the submit.</exception>
    public async Task<TaskRunOutcome> RunAsync(object? args = null, TestTaskContext? context = null, CancellationToken cancellationToken = default)
    {
        var text = TaskSubmission.Create(_task.Name, args).Args;
        if (_task.Check(text) is { } refusal)
        {
            throw new TaskRefusedException(refusal);
        }

        var settings = new ResolvedSettings(_task.Options);
        context ??= new();
        context.Fill(_task.Name, _task.Options.Queue, settings.MaxAttempts);
        await using var stopped = cancellationToken.Register(() => context.Stop(StopReason.Interrupted)).ConfigureAwait(false);
        await using var scope = _services.CreateAsyncScope();
        try
        {
            var execution = new TaskExecution(context, text, scope.ServiceProvider, context.Stopping);
            var result = await _services.GetRequiredService<ExecutionPipeline>().RunAsync(execution, TaskMeta.None, CallAsync).ConfigureAwait(false);
            return ToOutcome(new AttemptOutcome.Succeeded(result), settings, context, null);
        }
        catch (Exception e)
        {
            return ToOutcome(ThrownOutcome.Of(e, context.StopReason, settings), settings, context, e);
        }
    }

    /// <summary>Disposes of the services.</summary>
    public void Dispose() => _services.Dispose();

    /// <inheritdoc cref="Dispose"/>
    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private async Task CallAsync(TaskExecution run) =>
        run.Result = await _task.InvokeAsync(run.Services, run.Context, run.Args, run.CancellationToken).ConfigureAwait(false);

    private static TaskRunOutcome ToOutcome(AttemptOutcome outcome, ResolvedSettings settings, TestTaskContext context, Exception? thrown)
    {
        var plain = new TaskRunOutcome { Verdict = AttemptVerdict.Interrupted, Context = context, Exception = thrown };
        return TaskLifecycle.After(outcome, WithLimit(settings, context.MaxAttempts), context.Attempt, jitter: 1) switch
        {
            Verdict.Succeed done => plain with { Verdict = AttemptVerdict.Succeeded, Result = done.Result },
            Verdict.Retry retry => plain with { Verdict = AttemptVerdict.Retrying, Error = retry.Error, NextIn = retry.Delay },
            Verdict.Fail fail => plain with { Verdict = AttemptVerdict.Failed, Error = fail.Error },
            Verdict.Snooze snooze => plain with { Verdict = AttemptVerdict.Snoozed, NextIn = snooze.Delay },
            Verdict.Cancel cancel => plain with { Verdict = AttemptVerdict.Cancelled, Reason = cancel.Reason },
            _ => plain,
        };
    }

    private static ResolvedSettings WithLimit(ResolvedSettings settings, int maxAttempts) =>
        settings.MaxAttempts == maxAttempts ? settings : new(settings.Stored with { MaxAttempts = maxAttempts });
}
