using Orleans.GrainReferences;

namespace TaskGrid.Tasks;

/// <summary>
/// Makes references to task grains. The grain factory looks an interface up by reflection for each reference, which at one
/// reference per task is worth saving.
/// </summary>
internal sealed class TaskGrains(IGrainFactory grains, GrainReferenceActivator activator)
{
    private readonly GrainReference _pattern = (GrainReference)grains.GetGrain<ITaskRunGrain>("pattern");

    public ITaskRunGrain ToRun(string id) =>
        (ITaskRunGrain)activator.CreateReference(GrainId.Create(_pattern.GrainId.Type, id), _pattern.InterfaceType);
}
