namespace TaskGrid.Kit;

/// <summary>The clock of the day as a process sees it, which a test sets; what measures how long things take goes on as it is. Needs libfaketime.</summary>
internal sealed class FakeClock : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    /// <param name="off">By how much it is off, for example <c>+1h</c>.</param>
    public FakeClock(string off = "+0") => Set(off);

    /// <summary>The library, or <c>null</c> when this machine has none.</summary>
    public static string? Library { get; } =
        Directory.Exists("/usr/lib") ? Directory.EnumerateDirectories("/usr/lib").Select(d => Path.Combine(d, "faketime", "libfaketime.so.1")).FirstOrDefault(File.Exists) : null;

    /// <summary>The environment of a process that is to see it.</summary>
    public (string Key, string Value)[] Settings =>
    [
        ("LD_PRELOAD", Library ?? throw new InvalidOperationException("libfaketime is not installed.")), ("FAKETIME_TIMESTAMP_FILE", _file), ("FAKETIME_CACHE_DURATION", "1"),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1"), ("FAKETIME_FORCE_MONOTONIC_FIX", "0"),
    ];

    /// <summary>The command that becomes the program which comes after it, and sees it.</summary>
    // The allocator of Redis asks for the time before the library can tell it: libc's takes its place.
    public IReadOnlyList<string> Runner => ["env", .. Settings.Select(s => $"{s.Key}={s.Value}{(s.Key == "LD_PRELOAD" ? " libc.so.6" : "")}")];

    /// <summary>From the next second on.</summary>
    public void Set(string off) => File.WriteAllText(_file, off);

    public void Dispose() => File.Delete(_file);
}
