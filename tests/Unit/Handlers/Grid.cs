using Microsoft.Extensions.DependencyInjection;
using TaskGrid.Handlers;

namespace TaskGrid.Unit.Handlers;

/// <summary>Builds tasks as a host would, and runs one attempt of them.</summary>
internal static class Grid
{
    public static ServiceProvider With(Action<TaskGridBuilder> define)
    {
        var services = new ServiceCollection();
        define(new TaskGridBuilder(services));
        return services.BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true, ValidateOnBuild = true });
    }

    public static TaskRegistration Task(this ServiceProvider provider, string name)
    {
        Assert.True(provider.GetRequiredService<HandlerRegistry>().TryGet(name, out var registration), $"no task '{name}'");
        return registration;
    }

    public static TaskRegistration Task(Delegate handler) => With(grid => grid.AddTask("task", handler)).Task("task");

    public static TaskRegistration Task<TArgs, THandler>()
        where THandler : class => With(grid => grid.AddTask<TArgs, THandler>()).Task(GridTaskAttribute.NameOf(typeof(TArgs)));

    public static async Task<JsonText> RunAsync(this ServiceProvider provider, string name, string args)
    {
        await using var scope = provider.CreateAsyncScope();
        return await provider.Task(name).InvokeAsync(scope.ServiceProvider, new AttemptContext(), Json(args), default);
    }

    /// <summary>What the delegate returns for these args, as JSON. Args that run also pass the check.</summary>
    public static async Task<string> RunAsync(Delegate handler, string args)
    {
        await using var provider = With(grid => grid.AddTask("task", handler));
        Assert.Null(provider.Task("task").Check(Json(args)));
        return (await provider.RunAsync("task", args)).ToString();
    }

    /// <summary>The refusal of args that must not fit; running them anyway fails for good with the same words.</summary>
    public static async Task<TaskRefusal> RefusalAsync(this TaskRegistration task, JsonText args)
    {
        var refusal = task.Check(args);
        Assert.True(refusal is not null, $"{args} was not refused");
        Assert.Equal(ErrorCodes.InvalidArguments, refusal.Code);
        await using var none = new ServiceCollection().BuildServiceProvider();
        var failure = await Assert.ThrowsAsync<PermanentFailureException>(() => task.InvokeAsync(none, new AttemptContext(), args, default).AsTask());
        Assert.Equal(refusal.Message, failure.Message);
        return refusal;
    }

    public static Task<TaskRefusal> RefusalAsync(this TaskRegistration task, string args) => task.RefusalAsync(Json(args));

    public static JsonText Json(string json) => new(System.Text.Encoding.UTF8.GetBytes(json));
}
