using System.Globalization;

namespace TaskGrid.Kit;

/// <summary>A limit on the memory of processes, beyond which the kernel kills: a group of the memory controller, which takes root.</summary>
internal sealed class MemoryLimit : IDisposable
{
    private const string Controller = "/sys/fs/cgroup/memory";
    private readonly string _group = Path.Combine(Controller, $"taskgrid-{Guid.NewGuid():n}");

    public MemoryLimit(long bytes)
    {
        Directory.CreateDirectory(_group);
        File.WriteAllText(Path.Combine(_group, "memory.limit_in_bytes"), bytes.ToString(CultureInfo.InvariantCulture));
    }

    public static bool IsPossible => Environment.IsPrivilegedProcess && Directory.Exists(Controller);

    public void Add(int pid) => File.WriteAllText(Path.Combine(_group, "cgroup.procs"), pid.ToString(CultureInfo.InvariantCulture));

    public void Dispose() => Directory.Delete(_group);
}
