namespace TaskGrid;

/// <summary>The log of what is done by hand over HTTP.</summary>
[Alias("taskgrid.audit")]
internal interface IAuditGrain : IGrainWithIntegerKey
{
    /// <summary>Adds an entry; the same one again is the same line. Returns its number.</summary>
    [Alias("Add")]
    Task<long> Add(AuditEntry entry);

    /// <summary>Writes down what came of it.</summary>
    [Alias("End")]
    Task End(long number, int status);

    /// <summary>The entries below a number, or the newest, newest first.</summary>
    [Alias("Read")]
    Task<IReadOnlyList<AuditEntry>> Read(long? below, int max);
}
