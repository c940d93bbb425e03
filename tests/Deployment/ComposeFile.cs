using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace TaskGrid.Deployment;

/// <summary>What docker-compose.yml says. A word that is not known here fails the reading: nothing in it goes unchecked.</summary>
internal sealed class ComposeFile
{
    public string Name { get; set; } = "";

    public Dictionary<string, Service> Services { get; set; } = [];

    public Dictionary<string, object?> Volumes { get; set; } = [];

    public static ComposeFile Read() => new DeserializerBuilder().WithNamingConvention(UnderscoredNamingConvention.Instance).Build()
        .Deserialize<ComposeFile>(File.ReadAllText(Path.Combine(Repository.Root, "docker-compose.yml")));
}

internal sealed class Service
{
    public string? Image { get; set; }

    public BuildStep? Build { get; set; }

    public string? Command { get; set; }

    public Dictionary<string, string> Environment { get; set; } = [];

    public List<string> EnvFile { get; set; } = [];

    public List<string> Ports { get; set; } = [];

    public List<string> Volumes { get; set; } = [];

    public Dictionary<string, Dependency> DependsOn { get; set; } = [];

    public HealthCheck? Healthcheck { get; set; }

    public string? StopGracePeriod { get; set; }

    public string? Restart { get; set; }
}

internal sealed class BuildStep
{
    public string Context { get; set; } = "";

    public string Dockerfile { get; set; } = "";
}

internal sealed class Dependency
{
    public string Condition { get; set; } = "";
}

internal sealed class HealthCheck
{
    public List<string> Test { get; set; } = [];

    public string Interval { get; set; } = "";

    public string Timeout { get; set; } = "";

    public int Retries { get; set; }
}
