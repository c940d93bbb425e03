using Microsoft.Extensions.Logging;

namespace TaskGrid.Embedded;

/// <summary>Collects what is logged and lets a test wait for it.</summary>
internal sealed class LogProbe : ILoggerFactory, ILoggerProvider, ILogger
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];
    private readonly List<(string Part, TaskCompletionSource<string> Seen)> _awaited = [];

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_gate)
            {
                return [.. _lines];
            }
        }
    }

    /// <summary>The first line with this part in it, logged already or yet to come.</summary>
    public async Task<string> WaitForAsync(string part)
    {
        var seen = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_lines.Find(line => line.Contains(part, StringComparison.Ordinal)) is { } line)
            {
                return line;
            }

            _awaited.Add((part, seen));
        }

        try
        {
            return await seen.Task.WaitAsync(Guard);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"\"{part}\" was not logged. Logged was: {string.Join(Environment.NewLine, Lines)}");
        }
    }

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var line = formatter(state, exception);
        lock (_gate)
        {
            _lines.Add(line);
            _awaited.Where(wait => line.Contains(wait.Part, StringComparison.Ordinal)).ToList().ForEach(wait => wait.Seen.TrySetResult(line));
        }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public void Dispose()
    {
    }
}
