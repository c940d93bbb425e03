using Orleans.Dashboard;
using TaskGrid.Embedded;
using TaskGrid.Examples;
using TaskGrid.Mail;

namespace TaskGrid;

/// <summary>What a silo process consists of, whether it serves the web as well or not.</summary>
public static class SiloHost
{
    /// <summary>
    /// Adds a silo: the store (the Redis of connection string <c>redis</c>, else the embedded one, and a start that waits for
    /// it), the engine, and what the Orleans dashboard shows. The example tasks are added when <c>TaskGrid:Examples</c> is true,
    /// which it is by default in Development only: elsewhere a silo runs just the tasks added to the returned builder. Their mails go
    /// to the development mailbox of this machine in Development, unless <c>Mail:Host</c> is configured.
    /// </summary>
    /// <exception cref="TimeoutException">Another process has the embedded store and does not answer.</exception>
    /// <exception cref="InvalidOperationException">The embedded store can't read its data, or the silo's address is not one.</exception>
    public static TaskGridBuilder AddSilo(this IHostApplicationBuilder builder)
    {
        builder.AddGridStore();
        var grid = builder.AddTaskGrid();
        // The trace is the log of the whole process, and the dashboard has no login of its own.
        builder.UseOrleans(silo => silo.AddDashboard(options => options.HideTrace = true));
        if (!builder.Configuration.HasExamples(builder.Environment))
        {
            return grid;
        }

        builder.SendToLocalMailbox();
        return grid.AddExampleTasks();
    }

    /// <summary>Whether the examples are wanted (<c>TaskGrid:Examples</c>); default: in Development only.</summary>
    public static bool HasExamples(this IConfiguration configuration, IHostEnvironment environment) =>
        configuration.GetValue("TaskGrid:Examples", environment.IsDevelopment());
}
