using System.Diagnostics;
using System.Text.Json;

namespace TaskGrid.Bench;

/// <summary>Answers what the bench asks of a process: a line with a command and its arguments in, a line with the answer out. Ends with the bench.</summary>
internal static class CommandLoop
{
    /// <summary>An answer begins with it, so that nothing else that a process writes is taken for one.</summary>
    public const char Mark = '@';

    public static async Task RunAsync(IReadOnlyDictionary<string, Func<JsonElement, Task<object>>> commands)
    {
        Answer(new { ready = true });
        while (await Console.In.ReadLineAsync() is { } line)
        {
            var asked = JsonDocument.Parse(line).RootElement;
            var command = asked.GetProperty("command").GetString()!;
            try
            {
                Answer(command == "usage" ? Usage() : await commands[command](asked.GetProperty("args")));
            }
            catch (Exception e)
            {
                Answer(new { error = $"{command}: {e}" });
            }
        }
    }

    private static object Usage()
    {
        using var self = Process.GetCurrentProcess();
        return new
        {
            cpuMs = self.TotalProcessorTime.TotalMilliseconds,
            allocatedBytes = GC.GetTotalAllocatedBytes(),
            gcPauseMs = GC.GetTotalPauseDuration().TotalMilliseconds,
            memoryBytes = self.WorkingSet64,
            heapBytes = GC.GetTotalMemory(forceFullCollection: false),
        };
    }

    private static void Answer(object value)
    {
        lock (Console.Out)
        {
            Console.Out.WriteLine($"{Mark}{JsonSerializer.Serialize(value)}");
            Console.Out.Flush();
        }
    }
}
