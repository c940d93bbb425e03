using Microsoft.Extensions.Hosting;
using TaskGrid;

namespace ReadmeHost;

/// <summary>The second example of the README, in a place where it compiles.</summary>
internal static class Client
{
    public static void Configure(IHostApplicationBuilder builder)
    {
        builder.AddTaskGridClient();
    }

    public static async Task<(string Greeting, string SumId)> RunAsync(ITaskClient tasks, CancellationToken cancellationToken)
    {
        var handle = await tasks.SubmitAsync(new Greet("Ada"), new() { Delay = TimeSpan.FromMinutes(5) });
        string greeting = await handle.GetResultAsync(cancellationToken);             // returns when it is there; or ask later, by handle.Id
        var sum = await tasks.SubmitAsync<int>("add", new { x = 2, y = 3 });          // or by name
        return (greeting, sum.Id);
    }
}
