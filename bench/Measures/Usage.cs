namespace TaskGrid.Bench;

/// <summary>What a process has used. Of one that has no managed memory, or does not tell, only its processor time counts.</summary>
internal sealed record ProcessUsage(double CpuMs, double AllocatedBytes = 0, double GcPauseMs = 0, double MemoryBytes = 0, double HeapBytes = 0)
{
    public static ProcessUsage operator +(ProcessUsage a, ProcessUsage b) =>
        new(a.CpuMs + b.CpuMs, a.AllocatedBytes + b.AllocatedBytes, a.GcPauseMs + b.GcPauseMs, a.MemoryBytes + b.MemoryBytes, a.HeapBytes + b.HeapBytes);

    /// <summary>What was used between two looks; what it holds is that of the later one.</summary>
    public static ProcessUsage operator -(ProcessUsage a, ProcessUsage b) =>
        a with { CpuMs = a.CpuMs - b.CpuMs, AllocatedBytes = a.AllocatedBytes - b.AllocatedBytes, GcPauseMs = a.GcPauseMs - b.GcPauseMs };
}

/// <summary>What Redis has been asked, and what it holds, without the buffers of its connections.</summary>
internal sealed record RedisUsage(double CpuMs, long Commands, long TrafficBytes, long DataBytes, long Rewrites)
{
    public static RedisUsage operator -(RedisUsage a, RedisUsage b) =>
        new(a.CpuMs - b.CpuMs, a.Commands - b.Commands, a.TrafficBytes - b.TrafficBytes, a.DataBytes - b.DataBytes, a.Rewrites - b.Rewrites);
}

/// <summary>What everybody has used: who submits, who runs, who serves HTTP (if anybody does), and Redis.</summary>
internal sealed record Usage(ProcessUsage Client, ProcessUsage Worker, ProcessUsage? Web, RedisUsage Redis)
{
    public static Usage operator -(Usage a, Usage b) => new(a.Client - b.Client, a.Worker - b.Worker, a.Web is null ? null : a.Web - b.Web!, a.Redis - b.Redis);
}
