using Microsoft.Extensions.Logging.Abstractions;
using TaskGrid.Queues;
using TaskGrid.Workers;

namespace TaskGrid.Simulation;

/// <summary>A silo's process: the engine's own parts, and the simulation's in the place of what waits and calls.</summary>
internal sealed class SimSilo : SimProcess
{
    private readonly Dictionary<string, NudgeFlag> _nudges = [];
    private bool _isStopping;

    public SimSilo(SimGrid grid, int number, int generation)
        : base(grid.World)
    {
        (Grid, Number, Generation) = (grid, number, generation);
        var address = new SimAddress(number, generation);
        Clock = new(this, () => Runner!.NoticeStops());
        Incarnation = new(address, Clock);
        WaitingOutcomes = new(Incarnation, Clock);
        Address = address.SiloAddress.ToParsableString();
        Slots = new(World.Random.Next(1, 4), Clock);
        // It keeps account of leases here; giving them back goes over the simulated network.
        Held = new(null!, null!, Clock, NullLogger<HeldLeases>.Instance);
        Worker = new(this);
        Runner = new(this);
        Beat = new(this);
    }

    public SimGrid Grid { get; }

    public int Number { get; }

    public int Generation { get; }

    public string Address { get; }

    public SimClock Clock { get; }

    public SiloIncarnation Incarnation { get; }

    public WaitingOutcomes WaitingOutcomes { get; }

    public Slots Slots { get; }

    public HeldLeases Held { get; }

    public Reluctance Reluctance { get; } = new();

    public SimWorker Worker { get; }

    public SimRunner Runner { get; }

    public SimBeat Beat { get; }

    public SimStore Store => Grid.Store;

    /// <summary>The highest sequence number seen of the store.</summary>
    public long Seen { get; private set; }

    /// <summary>The life of the store in which its leases are known to be there.</summary>
    public (int Process, long Since) Life { get; private set; }

    public bool HasLeasesInDoubt { get; private set; }

    public bool MayBegin => Incarnation.MayBegin;

    public void Start()
    {
        World.Tell($"{this} starts with {Slots.Count} slots");
        World.Begin(Beat.RunAsync);
        if (!World.Has(PlantedBug.NoWatch))
        {
            World.Begin(WatchAsync);
        }
    }

    public void See(long sequence, string[] woken)
    {
        Seen = Math.Max(Seen, sequence);
        foreach (var queue in woken)
        {
            Nudge(queue, TimeSpan.Zero);
        }
    }

    public void Doubt()
    {
        if (!HasLeasesInDoubt)
        {
            World.Tell($"{this} sees that the store may not know its leases");
            HasLeasesInDoubt = true;
        }
    }

    /// <summary>The store knows its leases, or it knows which are gone.</summary>
    public void Settle((int Process, long Since) life) => (Life, HasLeasesInDoubt) = (life, false);

    /// <summary>Tells a dispatcher of work until it has heard it.</summary>
    public void Nudge(string queue, TimeSpan dueIn)
    {
        if (!_nudges.TryGetValue(queue, out var flag))
        {
            _nudges[queue] = flag = new();
        }

        if (flag.Raise(TimeSpan.FromMicroseconds(World.Now) + dueIn))
        {
            World.Begin(() => SendAsync(queue, flag));
        }
    }

    /// <summary>It stops as it should, and its process ends.</summary>
    public async Task StopAsync()
    {
        if (_isStopping)
        {
            return;
        }

        World.Tell($"{this} stops");
        _isStopping = true;
        await Worker.StopAsync(World.Between(0, 4000));
        await Beat.StopAsync();
        Grid.Forget(this);
        Die();
    }

    public override void Die()
    {
        World.Tell($"{this} dies");
        base.Die();
        Grid.Witness.Died(this);
        Grid.Lost(this);
    }

    public override string ToString() => $"s{Number}.{Generation}";

    private async Task SendAsync(string queue, NudgeFlag flag)
    {
        while (flag.Lower() is { } dueAt)
        {
            var dueIn = TimeSpan.FromMicroseconds(Math.Max(0, dueAt.TotalMicroseconds - World.Now));
            if (!await Grid.NudgeAsync(this, queue, dueIn))
            {
                flag.Raise(dueAt);
                await Pause(500);
            }
        }
    }

    /// <summary>Looks for queues with work, as the watcher of each silo does.</summary>
    private async Task WatchAsync()
    {
        while (!_isStopping)
        {
            var survey = await Store.SurveyAsync(this, Grid.Queues);
            if (!survey.Came)
            {
                await Pause(1000);
                continue;
            }

            if (survey.Value.AnyOverdue)
            {
                await Store.ExpireAsync(this);
            }

            foreach (var work in survey.Value.Queues)
            {
                if (work.IsReady)
                {
                    Worker.Wake(work.Queue);
                }

                if (work.IsReady || work.LookAgainIn < TimeSpan.FromSeconds(10))
                {
                    Nudge(work.Queue, work.IsReady ? TimeSpan.Zero : work.LookAgainIn!.Value);
                }
            }

            await Pause(World.Between(1500, 2500));
        }
    }
}
