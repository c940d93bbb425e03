using Microsoft.Extensions.DependencyInjection;
using TaskGrid.Handlers;

namespace TaskGrid.Unit.Handlers;

/// <summary>Parameters that do not come from the args.</summary>
public sealed class InjectionTests
{
    public interface IMailer
    {
        string Send(string to);
    }

    public sealed class Mailer : IMailer, IDisposable
    {
        public bool IsDisposed { get; private set; }

        public string Send(string to) => $"sent to {to}";

        public void Dispose() => IsDisposed = true;
    }

    [Fact]
    public async Task Context_and_cancellation_are_those_of_the_attempt()
    {
        using var stop = new CancellationTokenSource();
        var context = new AttemptContext();
        (TaskContext, CancellationToken) got = default;
        await using var provider = Grid.With(grid => grid.AddTask("task", (TaskContext c, int x, CancellationToken t) => { got = (c, t); return x; }));

        var result = await provider.Task("task").InvokeAsync(provider, context, Grid.Json("""{"x":1}"""), stop.Token);

        Assert.Equal("1", result.ToString());
        Assert.Same(context, got.Item1);
        Assert.Equal(stop.Token, got.Item2);
    }

    [Theory]
    [InlineData("""{"to":"ada"}""")]
    [InlineData("""["ada"]""")]
    public async Task A_registered_service_takes_no_argument(string args)
    {
        await using var provider = Grid.With(grid =>
        {
            grid.AddTask("send", (IMailer mailer, string to) => mailer.Send(to));
            grid.Services.AddScoped<IMailer, Mailer>();
        });

        Assert.Equal("\"sent to ada\"", (await provider.RunAsync("send", args)).ToString());
        Assert.Equal("args.mailer", provider.Task("send").Check(Grid.Json("""{"to":"ada","mailer":1}"""))?.Field);
    }

    [Fact]
    public async Task Scoped_services_are_the_attempts_own_and_end_with_it()
    {
        var seen = new List<Mailer>();
        await using var provider = Grid.With(grid =>
        {
            grid.AddTask("task", (Mailer a, Mailer b) => { Assert.Same(a, b); seen.Add(a); });
            grid.Services.AddScoped<Mailer>();
        });

        await provider.RunAsync("task", "{}");
        await provider.RunAsync("task", "{}");

        Assert.NotSame(seen[0], seen[1]);
        Assert.All(seen, mailer => Assert.True(mailer.IsDisposed));
    }

    [Fact]
    public async Task Keyed_services_are_injected_by_their_key()
    {
        await using var provider = Grid.With(grid =>
        {
            grid.AddTask("task", ([FromKeyedServices("second")] string s, string t) => s + t);
            grid.Services.AddKeyedSingleton("first", "1").AddKeyedSingleton("second", "2");
        });

        Assert.Equal("\"2x\"", (await provider.RunAsync("task", """["x"]""")).ToString());
    }

    [Fact]
    public void A_key_that_is_not_registered_stops_the_start()
    {
        using var provider = Grid.With(grid => grid.AddTask("task", ([FromKeyedServices("k")] IMailer mailer) => { }));

        var failure = Assert.Throws<InvalidOperationException>(provider.GetRequiredService<HandlerRegistry>);

        Assert.Equal($"Task 'task' can't be registered: parameter 'mailer' asks for a {typeof(IMailer)} with the key 'k', which is not registered; register it.", failure.Message);
    }

    [Fact]
    public async Task All_services_of_a_type_are_injected_as_an_enumerable()
    {
        await using var provider = Grid.With(grid =>
        {
            grid.AddTask("task", (IEnumerable<IMailer> mailers) => mailers.Count());
            grid.Services.AddSingleton<IMailer, Mailer>().AddSingleton<IMailer, Mailer>();
        });

        Assert.Equal("2", (await provider.RunAsync("task", "[]")).ToString());
    }

    [Fact]
    public async Task An_enumerable_of_no_service_is_an_argument()
    {
        var task = Grid.Task((IEnumerable<string> names) => names.Count());

        Assert.Equal("args.names", (await task.RefusalAsync("{}")).Field);
    }

    [Fact]
    public async Task The_scope_itself_is_a_service() =>
        Assert.Equal("true", await Grid.RunAsync((IServiceProvider scope) => scope.GetService<IMailer>() is null, "[]"));

    [Fact]
    public async Task A_service_that_can_not_be_made_fails_the_attempt_with_its_own_exception()
    {
        var broken = new TimeoutException("no connection");
        await using var provider = Grid.With(grid =>
        {
            grid.AddTask("task", (IMailer mailer) => { });
            grid.Services.AddScoped<IMailer>(_ => throw broken);
        });

        Assert.Null(provider.Task("task").Check(Grid.Json("{}")));
        Assert.Same(broken, await Assert.ThrowsAsync<TimeoutException>(() => provider.RunAsync("task", "{}")));
    }
}
