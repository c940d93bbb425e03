using System.Globalization;
using System.Text.Json;
using TaskGrid.Handlers;

namespace TaskGrid.Unit.Handlers;

/// <summary>What a handler returns or throws, and on whose thread.</summary>
public sealed class ResultTests
{
    public sealed record Receipt(string Number, DateTimeOffset? At);

    public sealed class Cycle
    {
        public Cycle Self => this;
    }

    public sealed class Throwing
    {
        public int? Value { get => field ?? throw new InvalidTimeZoneException(); set; }
    }

    public static TheoryData<Delegate, string, bool> Results => new()
    {
        { () => { }, "null", true },
        { () => 1, "1", true },
        { () => (string?)null, "null", true },
        { () => new Receipt("r", null), """{"number":"r","at":null}""", true },
        { () => (object)new Receipt("r", null), """{"number":"r","at":null}""", true },
        { () => Grid.Json("""{"a" : 1}"""), """{"a" : 1}""", true },
        { () => new JsonText?(), "null", true },
        { () => "\u00e9<'\ud83d\ude00", "\"\u00e9<'\\uD83D\\uDE00\"", true },
        { () => long.MaxValue, "9223372036854775807", true },
        { () => Task.CompletedTask, "null", false },
        { () => Task.FromResult(2), "2", false },
        { async () => await Task.Yield(), "null", false },
        { async () => { await Task.Yield(); return new List<int> { 1, 2 }; }, "[1,2]", false },
        { () => ValueTask.CompletedTask, "null", false },
        { () => ValueTask.FromResult("v"), "\"v\"", false },
        { async ValueTask () => await Task.Yield(), "null", false },
        { async ValueTask<int?> () => { await Task.Yield(); return null; }, "null", false },
    };

    public static TheoryData<Delegate> Unwritable => new(
        () => new Cycle(),
        () => new Throwing(),
        () => double.NaN,
        () => typeof(int),
        () => CultureInfo.InvariantCulture.GetType().GetMethods()[0],
        () => new JsonElement(),
        () => (Action)(() => { }),
        async () => { await Task.Yield(); return new Cycle(); },
        async ValueTask<double> () => { await Task.Yield(); return double.PositiveInfinity; });

    public static TheoryData<Delegate> Failing => new(
        void (Exception e) => throw e,
        int (Exception e) => throw e,
        Task (Exception e) => throw e,
        (Exception e) => Task.FromException<int>(e),
        (Exception e) => ValueTask.FromException(e),
        async (Exception e) => { await Task.Yield(); throw e; },
        async ValueTask<int> (Exception e) => { await Task.Yield(); throw e; });

    [Theory]
    [MemberData(nameof(Results), DisableDiscoveryEnumeration = true)]
    public async Task What_is_returned_becomes_json(Delegate handler, string json, bool isSynchronous)
    {
        Assert.Equal(json, await Grid.RunAsync(handler, "{}"));
        Assert.Equal(isSynchronous, Grid.Task(handler).IsSynchronous);
    }

    [Theory]
    [MemberData(nameof(Unwritable), DisableDiscoveryEnumeration = true)]
    public async Task What_can_not_be_written_has_its_own_exception(Delegate handler)
    {
        var failure = await Assert.ThrowsAsync<ResultNotSerializableException>(() => Grid.RunAsync(handler, "{}"));

        Assert.NotNull(failure.InnerException);
    }

    [Theory]
    [MemberData(nameof(Failing), DisableDiscoveryEnumeration = true)]
    public async Task A_handlers_exception_comes_out_as_it_was_thrown(Delegate handler)
    {
        var thrown = new TimeoutException();
        await using var provider = Grid.With(grid =>
        {
            grid.AddTask("task", handler);
            Microsoft.Extensions.DependencyInjection.ServiceCollectionServiceExtensions.AddSingleton<Exception>(grid.Services, thrown);
        });

        Assert.Same(thrown, await Assert.ThrowsAsync<TimeoutException>(() => provider.RunAsync("task", "{}")));
    }

    [Fact]
    public async Task A_task_that_is_returned_as_something_else_is_not_taken_for_a_result()
    {
        Assert.Contains("declare that it returns Task", (await Assert.ThrowsAsync<ResultNotSerializableException>(() => Grid.RunAsync((Func<object>)(() => Task.FromResult(1)), "{}"))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ResultNotSerializableException>(() => Grid.RunAsync(() => Task.FromResult(Task.CompletedTask), "{}"));
    }

    [Fact]
    public async Task A_synchronous_handler_runs_on_the_callers_thread()
    {
        await using var provider = Grid.With(grid => grid.AddTask("task", () => Environment.CurrentManagedThreadId));

        var run = provider.Task("task").InvokeAsync(provider, new AttemptContext(), Grid.Json("{}"), TestContext.Current.CancellationToken);

        Assert.True(run.IsCompleted);
        Assert.Equal(Environment.CurrentManagedThreadId, (await run).As<int>());
    }
}
