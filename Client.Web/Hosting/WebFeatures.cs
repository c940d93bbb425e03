namespace TaskGrid.Hosting;

/// <summary>What this web process has beside the API, by its configuration.</summary>
/// <param name="Examples">The routes of the Flask and Celery example.</param>
/// <param name="Mailbox">The development mailbox.</param>
/// <param name="Dashboard">The Orleans dashboard.</param>
internal sealed record WebFeatures(bool Examples, bool Mailbox, bool Dashboard)
{
    public static WebFeatures Of(IConfiguration configuration, IHostEnvironment environment)
    {
        var examples = configuration.HasExamples(environment);
        // Elsewhere than in development mail has to arrive.
        return new(examples, environment.IsDevelopment() && examples, configuration.GetValue("Dashboard:Enabled", environment.IsDevelopment()));
    }
}
