namespace TaskGrid.Bench;

/// <summary>Everything that is measured, in the order of the reports.</summary>
internal static class AllScenarios
{
    public static IReadOnlyList<Scenario> List { get; } =
    [
        new SubmitScenario(), BatchScenario.Plain, RestScenario.Single, RestScenario.Batch, new DrainScenario(),
        new RoundTripScenario(), new RestRoundTripScenario(), DueScenario.AtOnce, DueScenario.Paced,
        new HandlerScenario(), new LargeScenario(), BatchScenario.ManyQueues, BatchScenario.Limited,
        new SilosScenario(2), new SilosScenario(3), BatchScenario.OnSilos(2), BatchScenario.OnSilos(3), new WatchedScenario(),
        new MillionScenario(), new ScheduledScenario(), new BulkScenario(), new WebScenario(),
    ];
}
