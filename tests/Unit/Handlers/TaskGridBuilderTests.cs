using System.Reflection;
using System.Reflection.Emit;
using Microsoft.Extensions.DependencyInjection;
using TaskGrid.Handlers;

namespace TaskGrid.Unit.Handlers;

/// <summary>Definitions that stop the start, and what is said about them.</summary>
public sealed class TaskGridBuilderTests
{
    public delegate void ByReference(ref int x);

    public delegate void Out(out int x);

    public delegate void OfSpan(ReadOnlySpan<byte> bytes);

    public delegate ref int ReturnsReference();

    public interface IMailer;

    public abstract class Shape;

    public sealed class TwoConstructors
    {
        public TwoConstructors(int x) => X = x;

        public TwoConstructors(string x) => X = x.Length;

        public int X { get; }
    }

    [GridTask("args")]
    public sealed record Args(int X);

    [GridTask("a b")]
    public sealed record BadName(int X);

    [GridTask("bad_priority", Priority = 10)]
    public sealed record BadPriority(int X);

    [GridTask("list")]
    public sealed class ListArgs : List<int>;

    [GridTask("two")]
    public sealed class TwoConstructorArgs
    {
        public TwoConstructorArgs(int x) => X = x;

        public TwoConstructorArgs(string x) => X = x.Length;

        public int X { get; }
    }

    public sealed record NoName(int X);

    public class Nothing;

    public sealed class OfArgs<TArgs> : ITaskHandler<TArgs>
    {
        public Task RunAsync(TArgs args, TaskContext context, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    public sealed class OfBoth : ITaskHandler<Args>, ITaskHandler<Args, int>
    {
        public Task RunAsync(Args args, TaskContext context, CancellationToken cancellationToken) => Task.CompletedTask;

        Task<int> ITaskHandler<Args, int>.RunAsync(Args args, TaskContext context, CancellationToken cancellationToken) => Task.FromResult(1);
    }

    public abstract class Abstract : ITaskHandler<Args>
    {
        public abstract Task RunAsync(Args args, TaskContext context, CancellationToken cancellationToken);
    }

    public static TheoryData<Action<TaskGridBuilder>, string> Mistakes => new()
    {
        // names
        { grid => grid.AddTask("", () => { }), "Task '' can't be registered: its name is not valid; use 1 to 100 letters, digits, _ . -" },
        { grid => grid.AddTask(null!, () => { }), "its name is not valid" },
        { grid => grid.AddTask("a b", () => { }), "Task 'a b' can't be registered: its name is not valid" },
        { grid => grid.AddTask(new string('a', 101), () => { }), "its name is not valid" },
        { grid => grid.AddTask("add", () => { }).AddTask("add", () => { }), "Task 'add' can't be registered: another task has this name already; give one of them another name." },
        { grid => grid.AddTask("args", () => { }).AddTask<Args, OfArgs<Args>>(), "Task 'args' can't be registered: another task has this name already" },
        { grid => grid.AddTask<BadName, OfArgs<BadName>>(), "Task 'a b' can't be registered: its name" },
        { grid => grid.AddTask<NoName, OfArgs<NoName>>(), "names no task: put [GridTask(\"some_name\")] on NoName or on OfArgs`1" },

        // options
        { grid => grid.AddTask("add", () => { }, o => o.Queue = ""), "Task 'add' can't be registered: Queue is ''; use 1 to 100 letters" },
        { grid => grid.AddTask("add", () => { }, o => o.Priority = -1), "Priority is -1; use 0 to 9" },
        { grid => grid.AddTask("add", () => { }, o => o.Priority = 10), "Priority is 10" },
        { grid => grid.AddTask<BadPriority, OfArgs<BadPriority>>(), "Task 'bad_priority' can't be registered: Priority is 10" },
        { grid => grid.AddTask("add", () => { }, o => o.MaxAttempts = 0), "MaxAttempts is 0; use 1 (no retry) to 1000" },
        { grid => grid.AddTask("add", () => { }, o => o.MaxAttempts = 1_000_001), "MaxAttempts is 1000001; use 1 (no retry) to 1000000, or forever" },
        { grid => grid.AddTask("add", () => { }, o => o.Backoff = new() { Delay = TimeSpan.FromTicks(-1) }), "Backoff.Delay is -00:00:00.0000001; use zero or more" },
        { grid => grid.AddTask("add", () => { }, o => o.Backoff = new() { Delay = TimeSpan.FromMinutes(6) }), "Backoff.MaxDelay is 00:05:00; use at least Backoff.Delay (00:06:00)" },
        { grid => grid.AddTask("add", () => { }, o => o.Backoff = new() { MaxDelay = TimeSpan.MaxValue }), "use at most 365 days" },
        { grid => grid.AddTask("add", () => { }, o => o.Backoff = Backoff.Explicit()), "Backoff is a list of 0 delays; use 1 to 100 delays" },
        { grid => grid.AddTask("add", () => { }, o => o.Concurrency = 0), "Concurrency is 0; use 1 to 100000" },
        { grid => grid.AddTask("add", () => { }, o => o.RateLimit = new(1, TimeSpan.FromDays(2))), "RateLimit is 1/2.00:00:00; use a period of 1 s to 1 day" },
        { grid => grid.AddTask("add", () => { }, o => (o.SoftTimeLimit, o.TimeLimit) = (TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1))), "SoftTimeLimit is 00:00:02; use less than TimeLimit (00:00:01)" },
        { grid => grid.AddTask("add", () => { }, o => o.KeepFailed = TimeSpan.Zero), "KeepFailed is 00:00:00; use 00:01:00 to 10 years" },
        { grid => grid.AddTask("add", () => { }, o => o.Tags = ["a b"]), "Tags is 'a b'; use at most 20 tags" },

        // parameters
        { grid => grid.AddTask("add", (ByReference)((ref x) => { })), "Task 'add' can't be registered: parameter 'x' is passed by reference" },
        { grid => grid.AddTask("add", (Out)((out x) => x = 1)), "parameter 'x' is passed by reference" },
        { grid => grid.AddTask("add", (OfSpan)(bytes => { })), "parameter 'bytes' is passed by reference" },
        { grid => grid.AddTask("add", (ReturnsReference)(() => ref s_number)), "it returns a reference" },
        { grid => grid.AddTask("add", TwiceNamed("x", "x")), "Task 'add' can't be registered: two parameters are named 'x'; rename one of them." },
        { grid => grid.AddTask("add", TwiceNamed("x", null)), "a parameter has no name" },
        { grid => grid.AddTask("add", (Action)AsyncVoid), "it is async void, so its end and its exceptions can't be seen; return Task." },

        // handler classes
        { grid => grid.AddTask<Args, Nothing>(), "Task 'args' can't be registered: TaskGrid.Unit.Handlers.TaskGridBuilderTests+Nothing implements neither ITaskHandler<Args> nor ITaskHandler<Args, TResult>; implement one of them." },
        { grid => grid.AddTask<Args, OfArgs<NoName>>(), "implements neither ITaskHandler<Args>" },
        { grid => grid.AddTask<Args, OfBoth>(), "implements more than one of ITaskHandler<Args> and ITaskHandler<Args, TResult>; keep one of them." },
        { grid => grid.AddTask<Args, Abstract>(), "is abstract" },
        { grid => grid.AddTask<Args, ITaskHandler<Args>>(), "is abstract" },
        { grid => grid.AddTask<ListArgs, OfArgs<ListArgs>>(), "Task 'list' can't be registered: args are a JSON object" },
        { grid => grid.AddTask<TwoConstructorArgs, OfArgs<TwoConstructorArgs>>(), "Task 'two' can't be registered: JSON can't be read as" },
    };

    public static TheoryData<Delegate> Unreadable => new(
        (IMailer mailer) => { },
        (Shape mailer) => { },
        (TwoConstructors mailer) => { },
        (IMailer? mailer = null) => { },
        (Microsoft.Extensions.Logging.ILogger mailer) => { });

    [Theory]
    [MemberData(nameof(Mistakes), DisableDiscoveryEnumeration = true)]
    public void A_mistaken_definition_throws_where_it_is_made(Action<TaskGridBuilder> define, string message)
    {
        var builder = new TaskGridBuilder(new ServiceCollection());

        var failure = Assert.Throws<InvalidOperationException>(() => define(builder));

        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Unreadable), DisableDiscoveryEnumeration = true)]
    public void A_parameter_that_is_neither_service_nor_json_stops_the_start(Delegate handler)
    {
        using var provider = Grid.With(grid => grid.AddTask("send", handler));

        var failure = Assert.Throws<InvalidOperationException>(provider.GetRequiredService<HandlerRegistry>);

        Assert.StartsWith("Task 'send' can't be registered: parameter 'mailer' is not a registered service, and JSON can't be read as ", failure.Message, StringComparison.Ordinal);
        Assert.EndsWith("; register it as a service, or take a type that JSON can be read as.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_queue_is_declared_once_and_within_bounds()
    {
        var grid = new TaskGridBuilder(new ServiceCollection()).AddQueue("mail", new());
        Assert.Contains("declared twice", Assert.Throws<InvalidOperationException>(() => grid.AddQueue("mail", new())).Message, StringComparison.Ordinal);
        Assert.Contains("letters, digits", Assert.Throws<InvalidOperationException>(() => grid.AddQueue("a b", new())).Message, StringComparison.Ordinal);
        Assert.Contains("Concurrency is 0", Assert.Throws<InvalidOperationException>(() => grid.AddQueue("q", new() { Limits = new(0) })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_delegate_must_be_given() =>
        Assert.Throws<ArgumentNullException>(() => new TaskGridBuilder(new ServiceCollection()).AddTask("add", null!));

    [Fact]
    public void Options_say_nothing_unless_they_are_set() => Assert.Equal(new TaskOptions { Queue = "default" }, Grid.Task(() => { }).Options);

    [Fact]
    public void Options_at_their_limits_are_taken()
    {
        using var provider = Grid.With(grid => grid
            .AddTask(new string('a', 100), () => { }, o => (o.Priority, o.MaxAttempts, o.Backoff) = (0, 1, new() { Delay = TimeSpan.Zero, MaxDelay = TimeSpan.Zero }))
            .AddTask("b", () => { }, o => (o.Priority, o.MaxAttempts, o.Backoff) = (9, TaskSettings.Forever, new() { Delay = TimeSpan.FromDays(365), MaxDelay = TimeSpan.FromDays(365) })));

        Assert.Equal(2, provider.GetRequiredService<HandlerRegistry>().All.Count);
    }

    private static int s_number = 1;

    // C# itself has no such methods; other languages do.
    private static Delegate TwiceNamed(string first, string? second)
    {
        var method = new DynamicMethod("add", typeof(void), [typeof(int), typeof(int)]);
        method.DefineParameter(1, ParameterAttributes.None, first);
        method.DefineParameter(2, ParameterAttributes.None, second);
        method.GetILGenerator().Emit(OpCodes.Ret);
        return method.CreateDelegate<Action<int, int>>();
    }

    private static async void AsyncVoid() => await Task.Yield();
}
