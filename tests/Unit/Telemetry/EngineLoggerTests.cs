using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TaskGrid.Workers;

namespace TaskGrid.Telemetry;

public sealed class EngineLoggerTests
{
    /// <summary>A full disk, or a collector that is away.</summary>
    [Fact]
    public void Log_OfAProviderThatThrows_IsNoneOfTheEnginesBusiness()
    {
        using var broken = new BrokenProvider();
        using var services = new ServiceCollection().AddLogging(l => l.AddProvider(broken)).AddEngineLoggers().BuildServiceProvider();

        services.GetRequiredService<ILogger<SiloBeat>>().Log(LogLevel.Error, default, "No beat of this silo has been confirmed", null, (state, _) => state);

        Assert.Equal(1, broken.Lines);
    }

    [Fact]
    public void AddEngineLoggers_GivesOneToEveryClassThatLogs()
    {
        var ofOthers = typeof(EngineLogger<>).Assembly.GetTypes()
            .SelectMany(t => t.GetConstructors()).SelectMany(c => c.GetParameters()).Select(p => p.ParameterType)
            .Where(t => t.IsGenericType && t.GetGenericTypeDefinition() == typeof(ILogger<>) && !t.ContainsGenericParameters).Distinct().ToList();
        using var services = new ServiceCollection().AddLogging().AddEngineLoggers().BuildServiceProvider();

        Assert.Contains(typeof(ILogger<SiloBeat>), ofOthers);
        Assert.All(ofOthers, t => Assert.Equal(typeof(EngineLogger<>), services.GetRequiredService(t).GetType().GetGenericTypeDefinition()));
    }

    private sealed class BrokenProvider : ILoggerProvider, ILogger
    {
        public int Lines { get; private set; }

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            Lines++;
            throw new InvalidOperationException("The disk is full.");
        }

        public void Dispose()
        {
        }
    }
}
