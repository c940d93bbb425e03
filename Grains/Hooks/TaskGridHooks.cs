using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using TaskGrid.Hooks;

namespace TaskGrid;

/// <summary>Registers code around the attempts of all tasks of a silo. The order is that of the calls, the first one outermost.</summary>
public static class TaskGridHooks
{
    /// <summary>Adds a middleware: <c>grid.Use(async (execution, next) => { await next(execution); })</c>. See <see cref="ITaskMiddleware.InvokeAsync"/>.</summary>
    public static TaskGridBuilder Use(this TaskGridBuilder grid, Func<TaskExecution, TaskExecutionDelegate, Task> middleware) =>
        grid.Add(next => execution => middleware(execution, next));

    /// <summary>Adds a middleware class. It comes from the attempt's scope: as registered in the services, else a new one for each attempt.</summary>
    public static TaskGridBuilder Use<TMiddleware>(this TaskGridBuilder grid)
        where TMiddleware : class, ITaskMiddleware
    {
        grid.Services.TryAddTransient<TMiddleware>();
        return grid.Add(next => execution => execution.Services.GetRequiredService<TMiddleware>().InvokeAsync(execution, next));
    }

    /// <summary>
    /// Gives all lines that are logged during an attempt a scope with <c>Task</c>, <c>TaskId</c>, <c>RootId</c>, <c>Queue</c>, <c>Attempt</c> and, as
    /// <c>Header.name</c>, the named headers that the task has.
    /// </summary>
    /// <param name="grid">The builder.</param>
    /// <param name="headers">The headers to show. There is no "all": headers may hold what no log should.</param>
    public static TaskGridBuilder UseLogScope(this TaskGridBuilder grid, params IReadOnlyList<string> headers) =>
        grid.Use(new LogScopeMiddleware(headers).InvokeAsync);

    /// <summary>
    /// Commits the attempt's <typeparamref name="TUnit"/> when its handler, and the middleware added after this, has returned, and rolls it back
    /// when that has thrown anything. As registered in the services, else scoped.
    /// </summary>
    public static TaskGridBuilder UseUnitOfWork<TUnit>(this TaskGridBuilder grid)
        where TUnit : class, ITaskUnitOfWork
    {
        if (!typeof(TUnit).IsAbstract)
        {
            grid.Services.TryAddScoped<TUnit>();
        }

        return grid.Use<UnitOfWorkMiddleware<TUnit>>();
    }

    /// <summary>Adds an observer of what becomes of attempts. Each time it comes from a scope of its own: as registered in the services, else a new one.</summary>
    public static TaskGridBuilder AddObserver<TObserver>(this TaskGridBuilder grid)
        where TObserver : class, ITaskObserver
    {
        grid.Services.TryAddTransient<TObserver>();
        grid.Services.AddSingleton(new ObserverStep((services, end, stopping) => services.GetRequiredService<TObserver>().OnAttemptEndedAsync(end, stopping)));
        return grid;
    }

    /// <summary>Adds an observer of what becomes of attempts; see <see cref="ITaskObserver"/>.</summary>
    public static TaskGridBuilder AddObserver(this TaskGridBuilder grid, Func<AttemptEnd, CancellationToken, Task> observer)
    {
        grid.Services.AddSingleton(new ObserverStep((_, end, stopping) => observer(end, stopping)));
        return grid;
    }

    private static TaskGridBuilder Add(this TaskGridBuilder grid, Func<TaskExecutionDelegate, TaskExecutionDelegate> around)
    {
        grid.Services.AddSingleton(new ExecutionStep(around));
        return grid;
    }
}
