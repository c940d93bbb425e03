namespace TaskGrid.Simulation;

/// <summary>How bad things are between processes: drawn once a history, and fine at its end.</summary>
internal sealed class Weather
{
    private readonly World _world;
    private readonly double _slow;
    private readonly double _slowest;
    private readonly double _storeSlow;
    private readonly double _storeSlowest;
    private readonly double _lost;
    private readonly double _doubled;
    private bool _isFine;

    public Weather(World world)
    {
        _world = world;
        _slow = world.Chance(0.6) ? world.Between(0, 0.15) : 0;
        _slowest = world.One<double>([20, 200, 1500, 6000, 9500]);
        _storeSlow = world.Chance(0.3) ? world.Between(0.05, 0.5) : _slow;
        _storeSlowest = world.One<double>([20, 200, 1500, 4500]);
        _lost = world.Chance(0.5) ? world.Between(0, 0.08) : 0;
        _doubled = world.Chance(0.4) ? world.Between(0, 0.2) : 0;
        world.Tell($"weather: {_slow:0.00} up to {_slowest} ms, store {_storeSlow:0.00} up to {_storeSlowest} ms, lost {_lost:0.00}, doubled {_doubled:0.00}");
    }

    public bool IsFine => _isFine;

    public void TurnFine() => _isFine = true;

    /// <summary>How long one way takes, in ms.</summary>
    public double Way() => Way(_slow, _slowest);

    /// <summary>The same to or from the store.</summary>
    public double StoreWay() => Way(_storeSlow, _storeSlowest);

    public bool Loses() => !_isFine && _world.Chance(_lost);

    public bool Doubles() => !_isFine && _world.Chance(_doubled);

    /// <summary>Carries a message between two processes, or from or to outside.</summary>
    public void Carry(SimProcess? from, SimProcess? to, Action deliver)
    {
        var copies = Loses() ? 0 : Doubles() ? 2 : 1;
        for (var i = 0; i < copies; i++)
        {
            _world.After(Way(), () =>
            {
                if (from?.IsCutFromGrid != true && to?.IsCutFromGrid != true)
                {
                    (to is null ? deliver : () => to.Do(deliver))();
                }
            });
        }
    }

    private double Way(double slow, double slowest) => !_isFine && _world.Chance(slow) ? _world.Between(1, slowest) : _world.Between(0.1, 2);
}
