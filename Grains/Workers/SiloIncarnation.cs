namespace TaskGrid.Workers;

/// <summary>
/// The name under which a silo holds leases: its address, and a number that grows when it has been declared dead and starts
/// anew within the same process.
/// </summary>
internal sealed class SiloIncarnation(ILocalSiloDetails silo)
{
    private int _life = 1;

    public string Id => $"{silo.SiloAddress.ToParsableString()}~{Volatile.Read(ref _life)}";

    public void Renew() => Interlocked.Increment(ref _life);

    /// <summary>The address of the silo behind an incarnation.</summary>
    public static SiloAddress AddressOf(string incarnation) => SiloAddress.FromParsableString(incarnation[..incarnation.LastIndexOf('~')]);
}
