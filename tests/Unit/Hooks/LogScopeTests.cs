using Microsoft.Extensions.Logging;
using TaskGrid.Hooks;
using TaskGrid.Unit.Handlers;

namespace TaskGrid.Unit.Hooks;

public sealed class LogScopeTests
{
    [Fact]
    public async Task Invoke_TheHandlersLines_StandInAScopeThatNamesTheAttempt()
    {
        var logger = new ScopeLogger();
        var context = new AttemptContext { WithLogger = logger, WithHeaders = new Dictionary<string, string> { ["tenant"] = "7", ["secret"] = "x" } };
        var execution = new TaskExecution(context, default, NoServices.Instance, default);

        await new LogScopeMiddleware(["tenant", "absent"]).InvokeAsync(execution, _ =>
        {
            Assert.Equal(
                new Dictionary<string, object?> { ["Task"] = "task", ["TaskId"] = "id-1", ["RootId"] = "id-1", ["Queue"] = "default", ["Attempt"] = 1, ["Header.tenant"] = "7" },
                logger.Scope);
            return Task.CompletedTask;
        });

        Assert.Null(logger.Scope);
    }

    private sealed class NoServices : IServiceProvider
    {
        public static NoServices Instance { get; } = new();

        public object? GetService(Type serviceType) => null;
    }

    private sealed class ScopeLogger : ILogger, IDisposable
    {
        public object? Scope { get; private set; }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            Scope = state;
            return this;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
        }

        public void Dispose() => Scope = null;
    }
}
