using System.Globalization;
using TaskGrid.Storage;
using TaskGrid.Store.Model;

namespace TaskGrid.Simulation;

/// <summary>Dispatchers and their leases.</summary>
internal sealed partial class SimStore
{
    private static readonly HashSet<string> s_names = ["work"];
    private static readonly LeaseReply s_superseded = new(LeaseStatus.Superseded, null, false, []);
    private static readonly LeaseReply s_dead = new(LeaseStatus.DeadSilo, null, false, []);
    private static readonly LeaseReply s_paused = new(LeaseStatus.Paused, null, false, []);

    public Task<Answer<long>> OpenAsync(SimSilo from, string queue) => WriteAsync(from, () => Model.Open(queue));

    public async Task<Answer<LeaseReply>> LeaseAsync(SimSilo from, string queue, long epoch, string silo, int max, int idle)
    {
        var answer = await WriteAsync(from, () =>
        {
            if (!world.Has(PlantedBug.LeaseAfterPush))
            {
                return Lease(Model, queue, epoch, silo, max, idle);
            }

            world.After(world.Between(1, 500), () => Lease(Model, queue, epoch, silo, max, idle));
            return Lease(Model.Copy(), queue, epoch, silo, max, idle);
        });
        return answer is { Came: true, Value: { } reply } ? new(true, reply) : default;
    }

    public Task<Answer<bool>> BeginAsync(SimSilo from, string id, long token) =>
        WriteAsync(from, () => world.Has(PlantedBug.BeginningNotWritten) || Model.Begin(id, token));

    /// <summary>Null when a new life of the store had to begin, in which silos are to offer their leases first.</summary>
    private LeaseReply? Lease(GridModel model, string queue, long epoch, string silo, int max, int idle)
    {
        if (model.IsSuperseded(queue, epoch) && !world.Has(PlantedBug.NoEpochCheck))
        {
            return s_superseded;
        }

        if (model.IsDead(silo))
        {
            return s_dead;
        }

        if (!world.Has(PlantedBug.LeasedByAnotherProcess) && !model.LivesOn())
        {
            return null;
        }

        if (model.Paused.Contains(queue))
        {
            return s_paused;
        }

        var hidden = world.Has(PlantedBug.ExpiredLeased) ? model.Tasks.Values.Where(t => t.Waits && t.Expires > 0).Select(t => (Task: t, t.Expires)).ToList() : [];
        hidden.ForEach(h => h.Task.Expires = 0);
        var lease = model.Lease(queue, silo, s_names, max, idle, 0);
        hidden.ForEach(h => h.Task.Expires = h.Expires);
        foreach (var task in lease.Taken)
        {
            if (world.Has(PlantedBug.TokenUsedAgain) && task.Issued > 0)
            {
                task.Token = task.Issued;
            }

            if (world.Has(PlantedBug.LimitsNotCounted))
            {
                task.Permits.Clear();
            }

            if (model == Model)
            {
                world.Tell($"store: leases {task.Id} to {silo}, attempt {task.Attempt + 1}, token {task.Token}");
                witness.Granted(task, epoch);
            }
        }

        return new(LeaseStatus.Ok, In(model.LookAgainIn(queue)), lease.More, [.. lease.Taken.Select(t => Granted(t, model.Now))], lease.NeedsSlot);
    }

    private static GrantedLease Granted(ModelTask task, long now)
    {
        var flags = (task.AtMostOnce ? "m" : "") + (task.Started ? "s" : "");
        var line = string.Create(CultureInfo.InvariantCulture,
            $"{task.Code} 1 {task.Attempt} 0 {task.Crashes} {task.Issued} {task.Applied} 0 0 - {task.Forgiven} {(flags.Length == 0 ? "-" : flags)} {task.Priority} {task.Place} {task.Due} {now} {task.Queue} work h -");
        var terms = task.Expires > 0 || task.Deadline > 0 ? string.Create(CultureInfo.InvariantCulture, $"{task.Expires} {task.Deadline} - - - - -") : "";
        return new(task.Id, task.Token!.Value, now, task.StartsAt, line, null, null, terms, string.Join('|', task.Permits));
    }
}
