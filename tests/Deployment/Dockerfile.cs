using System.Text.Json;

namespace TaskGrid.Deployment;

/// <summary>The instructions of a Dockerfile, in their order.</summary>
internal sealed class Dockerfile
{
    private Dockerfile(string project) =>
        Instructions = [.. File.ReadLines(Path.Combine(Repository.Root, project, "Dockerfile"))
            .Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split(' ', 2)).Select(words => (words[0], words[1]))];

    public IReadOnlyList<(string Name, string Text)> Instructions { get; }

    /// <summary>What is copied from the build context.</summary>
    public IEnumerable<(string[] Sources, string Target)> Copies => All("COPY").Where(c => !c.StartsWith("--from", StringComparison.Ordinal))
        .Select(c => c.Split(' ')).Select(words => (words[..^1], words[^1]));

    public IEnumerable<int> Ports => All("EXPOSE").SelectMany(e => e.Split(' ')).Select(int.Parse);

    public string[] EntryPoint => JsonSerializer.Deserialize<string[]>(All("ENTRYPOINT").Single())!;

    public static Dockerfile Of(string project) => new(project);

    public IEnumerable<string> All(string name) => Instructions.Where(i => i.Name == name).Select(i => i.Text);
}
