using System.IO.Compression;
using System.Xml.Linq;

namespace TaskGrid.Deployment;

/// <summary>The packages, packed into a temporary folder that samples are copied to and restored in as on a user's machine.</summary>
public sealed class PackageFolder : IAsyncLifetime
{
    /// <summary>Where the packages and the copies of the samples lie.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("taskgrid-packages-").FullName;

    public async ValueTask InitializeAsync()
    {
        foreach (var project in new[] { "Grains.Interfaces", "Grains", "tests/Testing" })
        {
            await Script.RunAsync(Repository.Root, "dotnet", "pack", project, "--no-build", "-c", Need.Configuration, "-o", Path);
        }

        WriteConfig();
    }

    /// <summary>Copies a sample and builds it; returns the assembly to start.</summary>
    public async Task<string> BuildSampleAsync(string name)
    {
        var target = CopySample(name);
        // Beside the copy, not in it, where another sample's build would take it for sources.
        var output = System.IO.Path.Combine(Path, "out", name);
        await Script.RunAsync(target, "dotnet", "build", "--nologo", "-v", "quiet", "-warnaserror", "-o", output);
        return System.IO.Path.Combine(output, $"{name}.dll");
    }

    /// <summary>Copies a sample to the folder, for it to be built or to be referenced by another one.</summary>
    public string CopySample(string name)
    {
        var target = Directory.CreateDirectory(System.IO.Path.Combine(Path, name)).FullName;
        foreach (var file in Directory.EnumerateFiles(System.IO.Path.Combine(Repository.Root, "samples", name)))
        {
            File.Copy(file, System.IO.Path.Combine(target, System.IO.Path.GetFileName(file)), overwrite: true);
        }

        return target;
    }

    /// <summary>The entries of a package, and its description.</summary>
    public async Task<(IReadOnlyList<string> Entries, XElement Metadata)> ReadAsync(string package)
    {
        await using var archive = await ZipFile.OpenReadAsync(Directory.GetFiles(Path, $"{package}.0.*.nupkg").Single());
        await using var nuspec = await archive.GetEntry($"{package}.nuspec")!.OpenAsync();
        var document = await XDocument.LoadAsync(nuspec, LoadOptions.None, CancellationToken.None);
        return ([.. archive.Entries.Select(e => e.FullName)], document.Root!.Elements().Single());
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(Path, recursive: true);
        return ValueTask.CompletedTask;
    }

    // The packages go to a cache of their own, since their version does not change with their contents; the others come from the
    // machine's cache, without what somebody has packed and restored there.
    private void WriteConfig()
    {
        var machine = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        var others = Directory.CreateDirectory(System.IO.Path.Combine(Path, "others")).FullName;
        foreach (var package in new DirectoryInfo(machine).EnumerateDirectories().Where(d => !d.Name.StartsWith("taskgrid.", StringComparison.Ordinal)))
        {
            Directory.CreateSymbolicLink(System.IO.Path.Combine(others, package.Name), package.FullName);
        }

        File.WriteAllText(System.IO.Path.Combine(Path, "nuget.config"), """
            <configuration>
              <packageSources><add key="packed" value="." /></packageSources>
              <config><add key="globalPackagesFolder" value="cache" /></config>
              <fallbackPackageFolders><add key="others" value="others" /></fallbackPackageFolders>
            </configuration>
            """);
    }
}
