using TaskGrid.Storage;
using TaskGrid.Tasks;

namespace TaskGrid.Simulation;

/// <summary>A lease as its silo offers it again.</summary>
internal sealed record SimLease(string Id, long Token, string Silo, long StartsAt, bool Begun, bool CancelRequested, string[] Permits);

/// <summary>Silos, their deaths and what they know better than a store that has lost writes.</summary>
internal sealed partial class SimStore
{
    private const int CrashLimit = 3;

    /// <summary>A silo that ends before it is told that what it has offered is there.</summary>
    public SimSilo? DiesOfItsOffer { get; set; }

    /// <summary>The life of the store, for a silo that comes.</summary>
    public Task<Answer<(int, long)>> JoinAsync(SimSilo from) => CallAsync(from, draws: false, isRecovery: true, () =>
    {
        Model.LivesOn();
        return Model.Life;
    });

    public Task<Answer<bool>> RegisterAsync(SimSilo from, string name) => WriteAsync(from, () =>
    {
        Model.Register(name);
        return true;
    });

    public Task<Answer<BeatReply>> BeatAsync(SimSilo from, string name) => WriteAsync(from, () =>
        Model.Beat(name) ? new BeatReply(true, Model.Now, new Dictionary<string, string>(Model.Beats)) : Model.IsUnregistered(name) ? BeatReply.Unknown : BeatReply.Dead);

    public Task<Answer<bool>> BuryAsync(SimSilo from, string name, string seen) => WriteAsync(from, () =>
    {
        var (wasDead, beat) = (Model.IsDead(name), Model.Beats.GetValueOrDefault(name, ""));
        var done = Model.Bury(name, world.Has(PlantedBug.BuriedUnseen) ? beat : seen);
        if (done && !wasDead)
        {
            witness.Buried(name, beat);
        }

        world.Tell($"store: {from} buries {name}: {done}");
        return done;
    });

    public Task<Answer<bool>> LeaveAsync(SimSilo from, string name) => WriteAsync(from, () =>
    {
        var left = world.Has(PlantedBug.LeftWithLeases) ? Model.Beats.Remove(name) || true : Model.Leave(name);
        witness.Left(name, Model);
        return left;
    });

    public Task<Answer<bool>> LapseAsync(SimSilo from, string id, long token) => WriteAsync(from, () =>
    {
        var limit = world.Has(PlantedBug.NoCrashLimit) ? int.MaxValue : CrashLimit;
        if (!world.Has(PlantedBug.LapsedAlive) || Model.Tasks.GetValueOrDefault(id) is not { Token: not null } task || !Model.Beats.Remove(task.Silo, out var beat))
        {
            var code = Touch(id, () => Model.Lapse(id, token, limit));
            world.Tell($"store: lease of {id} lapses: {code}");
            return code is not null;
        }

        var lapsed = Model.Lapse(id, token, limit) is not null;
        Model.Beats[task.Silo] = beat;
        return lapsed;
    });

    /// <summary>When leases are in doubt: those that run are put back, and the store counts on; the ids that have moved on, and the life of the store.</summary>
    public Task<Answer<(List<string> Refused, (int, long) Life)>> AdvanceAsync(SimSilo from, IReadOnlyList<SimLease> running, long seen) => CallAsync(from, draws: false, isRecovery: true, () =>
    {
        var refused = new List<string>();
        foreach (var lease in running)
        {
            if (world.Has(PlantedBug.NotOfferedAgain) || Model.Reoffer(lease.Id, lease.Token, lease.Silo, lease.StartsAt, lease.Begun, lease.CancelRequested, lease.Permits))
            {
                witness.OfferedAgain(lease);
            }
            else
            {
                refused.Add(lease.Id);
                witness.Refused(lease);
            }
        }

        if (world.Has(PlantedBug.OfferedUnlisted) && Model.IsUnregistered(from.Incarnation.Id))
        {
            Model.Beats.Remove(from.Incarnation.Id);
        }

        if (from == DiesOfItsOffer)
        {
            from.After(0, from.Die);
            DiesOfItsOffer = null;
        }

        Model.Advance(seen);
        world.Tell($"store: {from} offers {running.Count} leases again, {refused.Count} refused; it counts on from {Model.Sequence}");
        return (refused, Model.Life);
    });

    public Task<Answer<List<(string Id, LeaseLine Lease)>>> LeasesOfAsync(SimSilo from, string? silo) => ReadAsync(from, () =>
        Model.LeasesOf(silo)
            .Concat(silo is null && world.Has(PlantedBug.LapsedAlive) ? Model.Tasks.Values.Where(t => t.Token is not null && !Model.IsDead(t.Silo)) : [])
            .Select(t => (t.Id, new LeaseLine(t.Token!.Value, t.Silo, t.Attempt + 1, t.StartsAt, t.Begun, t.CancelRequested))).ToList());
}
