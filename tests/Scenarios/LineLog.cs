using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace TaskGrid.Scenarios;

/// <summary>Keeps what a grid's workers say, from information on, and lets a scenario wait for a line.</summary>
internal sealed class LineLog : ILoggerProvider, ILogger
{
    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];
    private readonly List<(string Part, TaskCompletionSource<string> Found)> _awaited = [];

    public void AddTo(TaskGridBuilder tasks)
    {
        tasks.Services.AddSingleton<ILoggerProvider>(this);
        tasks.Services.AddLogging(l => l.AddFilter<LineLog>("TaskGrid.Workers", LogLevel.Information));
    }

    /// <summary>The first line with the given part, said already or not yet.</summary>
    public async Task<string> LineAsync(string part)
    {
        Task<string> found;
        lock (_gate)
        {
            if (_lines.Find(l => l.Contains(part, StringComparison.Ordinal)) is { } said)
            {
                return said;
            }

            var source = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            _awaited.Add((part, source));
            found = source.Task;
        }

        await found.Within($"the line '{part}'");
        return await found;
    }

    public int Count(string part)
    {
        lock (_gate)
        {
            return _lines.Count(l => l.Contains(part, StringComparison.Ordinal));
        }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var line = $"{logLevel}: {formatter(state, exception)}";
        lock (_gate)
        {
            _lines.Add(line);
            foreach (var (_, found) in _awaited.Where(a => line.Contains(a.Part, StringComparison.Ordinal)))
            {
                found.TrySetResult(line);
            }
        }
    }

    public void Dispose()
    {
    }
}
