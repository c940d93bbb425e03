using System.Text.Json;
using System.Text.RegularExpressions;

namespace TaskGrid.Deployment;

public sealed partial class DockerfileTests
{
    public static TheoryData<string> Projects { get; } = ["Silo", "Client.Web"];

    [Theory, MemberData(nameof(Projects))]
    public void Copies_ExistInTheRepository(string project)
    {
        foreach (var source in Dockerfile.Of(project).Copies.SelectMany(c => c.Sources))
        {
            Assert.True(Path.Exists(Path.Combine(Repository.Root, source)), source);
        }
    }

    [Theory, MemberData(nameof(Projects))]
    public void Copies_AreTheProjectAndAllThatItReferences(string project)
    {
        var copies = Dockerfile.Of(project).Copies.ToList();
        var needed = Closure(project);

        Assert.Equal(needed.Select(p => $"{p}/{p}.csproj").Order(), copies.SelectMany(c => c.Sources).Where(s => s.EndsWith(".csproj", StringComparison.Ordinal)).Order());
        Assert.Equal(needed.Select(p => ($"{p}/", $"{p}/")).Order(), copies.Where(c => c.Sources[0].EndsWith('/')).Select(c => (c.Sources[0], c.Target)).Order());
    }

    [Theory, MemberData(nameof(Projects))]
    public void Restore_ComesBeforeTheSources_AndIsNotRepeated(string project)
    {
        var steps = Dockerfile.Of(project).Instructions;
        var runs = steps.Where(s => s.Name == "RUN").Select(s => s.Text).ToList();
        var restore = steps.ToList().FindIndex(s => s.Text.StartsWith("dotnet restore", StringComparison.Ordinal));

        Assert.Equal([$"dotnet restore {project}/{project}.csproj", $"dotnet publish {project}/{project}.csproj --no-restore --output /app"], runs);
        Assert.DoesNotContain(steps.Take(restore), s => s.Name == "COPY" && s.Text.EndsWith("/ " + s.Text.Split(' ')[^1], StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(Projects))]
    public void Runs_AsAnOrdinaryUser_TheAssemblyOfTheProject(string project)
    {
        var file = Dockerfile.Of(project);

        Assert.Equal(["dotnet", $"TaskGrid.{project}.dll"], file.EntryPoint);
        Assert.Equal("$APP_UID", file.All("USER").Single());
    }

    [Theory, MemberData(nameof(Projects))]
    public void Images_HoldTheFrameworksOfTheRuntimeConfig(string project)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, $"TaskGrid.{project}.runtimeconfig.json")));
        var options = json.RootElement.GetProperty("runtimeOptions");
        var version = options.GetProperty("tfm").GetString()!["net".Length..];
        var frameworks = options.GetProperty("frameworks").EnumerateArray().Select(f => f.GetProperty("name").GetString());

        Assert.Contains("Microsoft.AspNetCore.App", frameworks);
        Assert.Equal([$"mcr.microsoft.com/dotnet/sdk:{version} AS build", $"mcr.microsoft.com/dotnet/aspnet:{version}"], Dockerfile.Of(project).All("FROM"));
    }

    [Fact]
    public void IgnoreFile_MeansTheSameToGit() => Assert.All(
        File.ReadLines(Path.Combine(Repository.Root, ".dockerignore")).Where(line => line.Length > 0 && line[0] != '#'),
        line => Assert.Matches(@"^!?(/|\*\*/)[\w*.]+$", line));

    private static HashSet<string> Closure(string project)
    {
        var file = File.ReadAllText(Path.Combine(Repository.Root, project, $"{project}.csproj"));
        return [project, .. Reference().Matches(file).SelectMany(m => Closure(m.Groups[1].Value))];
    }

    [GeneratedRegex("""ProjectReference Include="\.\./([^/]+)/""")]
    private static partial Regex Reference();
}
