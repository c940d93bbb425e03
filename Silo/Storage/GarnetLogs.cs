namespace TaskGrid.Embedded;

/// <summary>Puts Garnet's log categories, which are called "Session" or "Options", under one name that can be filtered.</summary>
internal sealed class GarnetLogs(ILoggerFactory inner) : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName) => new Logger(inner.CreateLogger($"Garnet.{categoryName}"), LeastFor(categoryName));

    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

    public void Dispose()
    {
    }

    // At Information Garnet reports its settings and each step of a recovery. Its parser warns of every start that it does not log by itself.
    private static LogLevel LeastFor(string categoryName) => categoryName == "ArgParser" ? LogLevel.Error : LogLevel.Warning;

    private sealed class Logger(ILogger inner, LogLevel least) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => logLevel >= least && inner.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                inner.Log(logLevel, eventId, state, exception, formatter);
            }
        }
    }
}
