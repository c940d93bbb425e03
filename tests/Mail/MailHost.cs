using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace TaskGrid.MailTests;

/// <summary>The mail services of a silo, sending to a server on a loopback port.</summary>
internal sealed class MailHost : IDisposable
{
    private readonly ServiceProvider _services;

    public MailHost(int port, params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["Mail:Host"] = "127.0.0.1",
                ["Mail:Port"] = port.ToString(),
                ["Mail:Security"] = "None",
            })
            .AddInMemoryCollection(settings.Select(s => KeyValuePair.Create("Mail:" + s.Key, (string?)s.Value)))
            .Build();
        _services = new ServiceCollection()
            .AddSingleton<IConfiguration>(configuration)
            .AddSingleton<TimeProvider>(Time)
            .AddMail()
            .AddTransient<SendEmailHandler>()
            .BuildServiceProvider();
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    public Task<EmailReceipt> SendAsync(SendEmail email, string taskId = "task-1", int attempt = 1, CancellationToken? cancellationToken = null) =>
        _services.GetRequiredService<SendEmailHandler>().RunAsync(email, new TestTaskContext(taskId, attempt), cancellationToken ?? TestContext.Current.CancellationToken);

    public Task<EmailReceipt> SendAsync(string recipient, string taskId = "task-1") => SendAsync(new SendEmail(recipient, "hello"), taskId);

    public void Dispose() => _services.Dispose();
}
