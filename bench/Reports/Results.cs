using System.Text.Json;

namespace TaskGrid.Bench;

/// <summary>All runs of a sitting, as they are kept.</summary>
internal sealed record Results(Machine Machine, IReadOnlyList<Measurement> Measurements)
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerOptions.Web) { WriteIndented = true };

    public static Results Read(string file) => JsonSerializer.Deserialize<Results>(File.ReadAllText(file), s_json)!;

    public void Write(string file) => File.WriteAllText(file, JsonSerializer.Serialize(this, s_json) + "\n");

    /// <summary>The runs of several sittings on one machine and commit as those of one.</summary>
    /// <exception cref="InvalidOperationException">They are of different ones.</exception>
    public static Results Join(IReadOnlyList<Results> parts)
    {
        var machines = parts.Select(p => p.Machine with { StartedAt = parts[0].Machine.StartedAt }).Distinct().ToList();
        return machines.Count == 1
            ? new(parts[0].Machine, [.. parts.SelectMany(p => p.Measurements)])
            : throw new InvalidOperationException($"These were not taken on one machine and of one commit:\n{string.Join('\n', machines)}");
    }

    /// <summary>What the runs of a scenario came to, of one contender; <c>null</c> when there is none.</summary>
    public Summary? Of(string scenario, string contender)
    {
        var runs = Measurements.Where(m => m.Scenario == scenario && m.Contender == contender).ToList();
        return runs.Count == 0 ? null : new(runs);
    }
}
