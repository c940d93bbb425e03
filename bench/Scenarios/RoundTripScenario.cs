namespace TaskGrid.Bench;

/// <summary>One task at a time on an idle grid.</summary>
internal sealed class RoundTripScenario : SharedScenario
{
    public override string Name => "round-trip";

    public override string Title => "One task at a time, from before its submit until the client has its result";

    public override int Count => 5_000;

    public override int Rehearsals => 1;

    public override async Task<Dictionary<string, double>> RunAsync(IContender contender, int count) => Figures.OfRoundTrips(await contender.RoundTripsAsync(count));
}
