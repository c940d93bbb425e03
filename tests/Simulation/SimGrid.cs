using TaskGrid.Queues;

namespace TaskGrid.Simulation;

/// <summary>What the silos are to each other: who is there, where the dispatchers are, and the calls between them.</summary>
internal sealed class SimGrid
{
    private const double ResponseTimeout = 8000;

    private readonly Dictionary<string, TaskPlan> _plans = [];
    private readonly Dictionary<string, SimDispatcher> _dispatchers = [];
    private readonly int[] _generations;

    public SimGrid(World world, Weather weather, Witness witness, SimStore store, IReadOnlyList<string> queues, int silos)
    {
        (World, Weather, Witness, Store, Queues) = (world, weather, witness, store, queues);
        Silos = new SimSilo[silos];
        _generations = new int[silos];
    }

    public World World { get; }

    public Weather Weather { get; }

    public Witness Witness { get; }

    public SimStore Store { get; }

    public IReadOnlyList<string> Queues { get; }

    public SimSilo[] Silos { get; }

    public TaskPlan PlanOf(string id) => _plans[id];

    public void Plan(TaskPlan plan) => _plans[plan.Id] = plan;

    public void Start(int place)
    {
        Silos[place] = new(this, place + 1, ++_generations[place]);
        Silos[place].Start();
    }

    /// <summary>A silo has died: its process is started again, and the others notice after a while that its grains are gone.</summary>
    public void Lost(SimSilo silo)
    {
        World.After(Weather.IsFine ? 1000 : World.Between(200, 9000), () => Start(silo.Number - 1));
        World.After(World.Between(100, 7000), () => Forget(silo));
    }

    /// <summary>The grains of a silo are taken for lost, whether it lives or not.</summary>
    public void Forget(SimSilo silo)
    {
        foreach (var (queue, dispatcher) in _dispatchers.Where(d => d.Value.Host == silo).ToList())
        {
            World.Tell($"dispatcher of {queue} on {dispatcher.Host} is taken for lost");
            _dispatchers.Remove(queue);
        }
    }

    public void Forget(string queue) => _dispatchers.Remove(queue);

    public void Deactivated(SimDispatcher dispatcher)
    {
        if (_dispatchers.GetValueOrDefault(dispatcher.Queue) == dispatcher)
        {
            _dispatchers.Remove(dispatcher.Queue);
        }
    }

    public Task<TakeReply?> TakeAsync(SimSilo from, string queue, TakeRequest request)
    {
        var answer = new TaskCompletionSource<TakeReply?>();
        Call(from, queue, dispatcher => dispatcher.Take(request, reply => Weather.Carry(dispatcher.Host, from, () => answer.TrySetResult(reply))), () => answer.TrySetResult(null));
        return answer.Task;
    }

    /// <summary>Whether the dispatcher has heard it.</summary>
    public Task<bool> NudgeAsync(SimSilo from, string queue, TimeSpan dueIn)
    {
        var answer = new TaskCompletionSource<bool>();
        Call(
            from, queue,
            dispatcher => dispatcher.Nudge(dueIn, heard => Weather.Carry(dispatcher.Host, from, () => answer.TrySetResult(heard))),
            () => answer.TrySetResult(false));
        return answer.Task;
    }

    private void Call(SimSilo from, string queue, Action<SimDispatcher> call, Action noAnswer)
    {
        // Time-outs are looked at now and then.
        from.After(ResponseTimeout + World.Between(0, 1500), noAnswer);
        if (!_dispatchers.TryGetValue(queue, out var dispatcher))
        {
            var live = Silos.Where(s => s is { IsDead: false }).ToList();
            _dispatchers[queue] = dispatcher = new(World.One(live), queue);
            World.Begin(dispatcher.ActivateAsync);
        }

        Weather.Carry(from, dispatcher.Host, () => call(dispatcher));
    }
}
