namespace TaskGrid.Hooks;

/// <summary>One registered submit middleware: makes what comes before of what comes after.</summary>
internal sealed record SubmitStep(Func<IServiceProvider, SubmitDelegate, SubmitDelegate> Around);

/// <summary>All submit middleware in the order of registration, the first one outermost.</summary>
internal sealed class SubmitPipeline(IEnumerable<SubmitStep> steps, IServiceProvider services)
{
    private readonly SubmitStep[] _innermostFirst = [.. steps.Reverse()];

    public bool IsEmpty => _innermostFirst.Length == 0;

    public SubmitDelegate Around(SubmitDelegate send) => _innermostFirst.Aggregate(send, (next, step) => step.Around(services, next));
}
