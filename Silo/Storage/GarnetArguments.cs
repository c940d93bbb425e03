using System.Globalization;

namespace TaskGrid.Embedded;

/// <summary>The command line of the embedded Garnet. Most defaults of Garnet are those of a cache: each of these was needed to keep data.</summary>
internal static class GarnetArguments
{
    public static string[] For(string folder, int port, long memory) =>
    [
        "-q",
        // Whoever reaches the port can do anything: this machine only.
        "--bind", "127.0.0.1",
        "--port", port.ToString(CultureInfo.InvariantCulture),

        // Scripts are off by default; the engine and the Orleans providers are made of them.
        "--lua",
        // Without it scripts interleave: scripts that declare a common key exclude one another only with it.
        "--lua-transaction-mode",

        // Write-ahead log: without it nothing is kept but checkpoints. That it is in its file before a client is answered is the work
        // of CommittingGarnet.
        "--aof",
        // Read checkpoint and log at start: off by default.
        "--recover",
        // By default a start that can't read its data logs that and goes on without: an empty store that looks healthy.
        "--fail-on-recovery-error",

        // The default on Linux wants libaio.so.1, absent from slim images; without it the process dies at the first write.
        "--device-type", "RandomAccess",
        // What does not fit into memory goes to disk; without it the oldest records are dropped, silently. It is the last resort only:
        // in 2.2.8 a checkpoint of such a store may not be readable after a kill.
        "--storage-tier",
        "--logdir", Path.Combine(folder, "log"),
        "--checkpointdir", Path.Combine(folder, "cp"),
        // No compaction of what lies on disk: in 2.2.8 it left hashes that could not be read any more.

        // The default memory is 16 GB. It is taken as it is needed.
        "--memory", Bytes(memory),
        // Small pages suit a small memory.
        "--page", "4m",
        // The index holds about a million keys, and grows.
        "--index", "16m",

        // Log pages must be at least twice a page of the store, the log's memory twice one of its pages.
        "--aof-page-size", Bytes(CommitLog.PageSize),
        "--aof-memory", "32m",
        // The log is cut by whole segments, when Checkpoints has written the data down: the default segment of 1 GB would hardly ever be cut.
        "--aof-segment-size", Bytes(CommitLog.SegmentSize),
    ];

    private static string Bytes(long size) => size.ToString(CultureInfo.InvariantCulture);
}
