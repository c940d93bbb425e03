using System.Diagnostics;
using System.Globalization;

namespace TaskGrid.Kit;

/// <summary>What handlers write of their own runs, apart from the grid: one file per process, each line on disk before the handler goes on.</summary>
internal sealed class ExecutionLog : IDisposable
{
    private readonly FileStream _file;

    public ExecutionLog(string folder) =>
        _file = new(Path.Combine(folder, $"{Environment.ProcessId}.log"), FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 1);

    public void Start(TaskContext context) => Write("start", context);

    public void End(TaskContext context) => Write("end", context);

    /// <summary>The handler's token fired, and it stopped.</summary>
    public void Stop(TaskContext context) => Write("stop", context);

    /// <summary>Whether it is asked for the first time about a task, in any process.</summary>
    public bool IsFirst(string id)
    {
        try
        {
            using var mark = new FileStream(Path.Combine(Path.GetDirectoryName(_file.Name)!, $"{id}.first"), FileMode.CreateNew);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    public void Dispose() => _file.Dispose();

    /// <summary>All runs that the files of a folder tell of. Monotonic time is the machine's, so it compares between processes.</summary>
    public static IReadOnlyList<Execution> Read(string folder)
    {
        var all = new List<Execution>();
        foreach (var path in Directory.GetFiles(folder, "*.log"))
        {
            var pid = int.Parse(Path.GetFileNameWithoutExtension(path), CultureInfo.InvariantCulture);
            var open = new Dictionary<(string, long), Execution>();
            foreach (var words in ReadShared(path).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(' ')).Where(w => w.Length == 6))
            {
                var key = (words[1], long.Parse(words[3], CultureInfo.InvariantCulture));
                var at = TimeSpan.FromSeconds(long.Parse(words[4], CultureInfo.InvariantCulture) / (double)Stopwatch.Frequency);
                if (words[0] == "start")
                {
                    // A run that began twice is two runs.
                    if (open.Remove(key, out var former))
                    {
                        all.Add(former);
                    }

                    open[key] = new(words[1], int.Parse(words[2], CultureInfo.InvariantCulture), key.Item2, pid, at, null)
                    {
                        Clock = DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(words[5], CultureInfo.InvariantCulture)),
                    };
                }
                else
                {
                    open[key] = open[key] with { EndedAt = at, WasStopped = words[0] == "stop" };
                }
            }

            all.AddRange(open.Values);
        }

        return all;
    }

    private static string ReadShared(string path)
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd();
    }

    private void Write(string what, TaskContext context)
    {
        var line = string.Create(CultureInfo.InvariantCulture, $"{what} {context.TaskId} {context.Attempt} {context.Token} {Stopwatch.GetTimestamp()} {TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()}\n");
        lock (_file)
        {
            _file.Write(System.Text.Encoding.ASCII.GetBytes(line));
            _file.Flush(flushToDisk: true);
        }
    }
}

/// <summary>One run of a handler.</summary>
/// <param name="EndedAt">Absent when the process died, or its log was cut, before the end.</param>
/// <param name="WasStopped">Whether it ended because its token fired: it has no result then.</param>
internal sealed record Execution(string Id, int Attempt, long Token, int Pid, TimeSpan StartedAt, TimeSpan? EndedAt, bool WasStopped = false)
{
    /// <summary>What its process took for the time of day when it began.</summary>
    public DateTimeOffset Clock { get; init; }

    /// <summary>Whether it came to its own end, and so has a result.</summary>
    public bool Completed => EndedAt is not null && !WasStopped;
}
