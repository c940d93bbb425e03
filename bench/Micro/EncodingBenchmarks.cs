using BenchmarkDotNet.Attributes;
using TaskGrid.Tasks;

namespace TaskGrid.Bench.Micro;

/// <summary>What is written and read of each task.</summary>
[MemoryDiagnoser]
public class EncodingBenchmarks
{
    private readonly string _line = "S 2 1 0 0 1839000751289344 = 1795899171181 1795899171190 - 0 - 5 2323 0 1795898842533 default add jErz-N2ttS4MN2zUXAOnFA 10.0.0.1:11111@154903960~1";

    private readonly TaskSubmission _submission = TaskSubmission.Create("add", new { x = 12345, y = 1 }, new() { Id = "01a223e8-f731-76e7-bfb0-2463e51d0350" });
    private readonly TaskDefinition _definition = new(new("add"), JsonText.From(new { x = 12345, y = 1 }));
    private readonly TaskDescription _known = new("default", new());
    private byte[] _stored = [];
    private Resolved _resolved = null!;

    [GlobalSetup]
    public void SetUp() => (_stored, _resolved) = (_definition.Encode(), new(new(), _definition.Header));

    [Benchmark]
    public string Hash() => ContentHash.Of(_submission);

    [Benchmark]
    public object SubmissionToNewTask() => NewTasks.From(_submission, _known, "default", _resolved);

    [Benchmark]
    public byte[] DefinitionToBytes() => _definition.Encode();

    [Benchmark]
    public object BytesToDefinition() => TaskDefinition.Decode(_stored);

    [Benchmark]
    public long LineToState() => StateLine.Parse(_line).Place;
}
