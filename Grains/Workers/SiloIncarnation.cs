namespace TaskGrid.Workers;

/// <summary>
/// The name under which a silo holds leases: its address, and a number that grows when it has been declared dead and starts
/// anew within the same process. And whether the store has confirmed lately that it lives.
/// </summary>
internal sealed class SiloIncarnation(ILocalSiloDetails silo, TimeProvider time)
{
    /// <summary>Without a confirmed beat for this long a silo may not run anything; the others wait 2 s longer before they take over.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(4);

    private volatile bool _isSuspended;
    private int _life = 1;
    private volatile string _id = NameOf(silo.SiloAddress, 1);
    private long _confirmedAt = time.GetTimestamp();

    public string Id => _id;

    /// <summary>The silo's address, whatever its incarnation.</summary>
    public SiloAddress Address => silo.SiloAddress;

    /// <summary>How long ago the store last confirmed that this silo lives.</summary>
    public TimeSpan SinceConfirmed => time.GetElapsedTime(Volatile.Read(ref _confirmedAt));

    /// <summary>Whether the store has confirmed lately that this silo lives. If not, it had better not be asked for anything that takes the store: others may reach it.</summary>
    public bool IsConfirmed => SinceConfirmed <= Lifetime;

    /// <summary>Whether an attempt may begin here now.</summary>
    public bool MayBegin => !_isSuspended && IsConfirmed;

    /// <summary>Nothing begins until <see cref="Resume"/>.</summary>
    public void Suspend() => _isSuspended = true;

    public void Resume() => _isSuspended = false;

    /// <summary>
    /// Notes that the store has confirmed a beat, and says for how long that had been waited for. It counts from when the beat was
    /// sent: the others count from when the store got it, however late its answer is here.
    /// </summary>
    /// <param name="sentAt">Monotonic, when the beat was sent.</param>
    public TimeSpan Confirm(long sentAt) => time.GetElapsedTime(Interlocked.Exchange(ref _confirmedAt, sentAt));

    public void Renew() => _id = NameOf(silo.SiloAddress, ++_life);

    /// <summary>The address of the silo behind an incarnation.</summary>
    public static SiloAddress AddressOf(string incarnation) => SiloAddress.FromParsableString(incarnation[..incarnation.LastIndexOf('~')]);

    private static string NameOf(SiloAddress address, int life) => $"{address.ToParsableString()}~{life}";
}
