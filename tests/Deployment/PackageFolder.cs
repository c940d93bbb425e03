using System.IO.Compression;
using System.Xml.Linq;

namespace TaskGrid.Deployment;

/// <summary>The packages, packed into a temporary folder that samples are copied to and restored in as on a user's machine.</summary>
internal sealed class PackageFolder : IDisposable
{
    private PackageFolder(string path) => Path = path;

    public string Path { get; }

    public static async Task<PackageFolder> PackAsync()
    {
        var folder = new PackageFolder(Directory.CreateTempSubdirectory("taskgrid-packages-").FullName);
        foreach (var project in new[] { "Grains.Interfaces", "Grains" })
        {
            await Script.RunAsync(Repository.Root, "dotnet", "pack", project, "--no-build", "-c", Need.Configuration, "-o", folder.Path);
        }

        folder.WriteConfig();
        return folder;
    }

    /// <summary>Copies a sample and builds it; returns the assembly to start.</summary>
    public async Task<string> BuildSampleAsync(string name)
    {
        var target = Directory.CreateDirectory(System.IO.Path.Combine(Path, name)).FullName;
        foreach (var file in Directory.EnumerateFiles(System.IO.Path.Combine(Repository.Root, "samples", name)))
        {
            File.Copy(file, System.IO.Path.Combine(target, System.IO.Path.GetFileName(file)));
        }

        await Script.RunAsync(target, "dotnet", "build", "--nologo", "-v", "quiet", "-warnaserror", "-o", "out");
        return System.IO.Path.Combine(target, "out", $"{name}.dll");
    }

    /// <summary>The entries of a package, and its description.</summary>
    public async Task<(IReadOnlyList<string> Entries, XElement Metadata)> ReadAsync(string package)
    {
        await using var archive = await ZipFile.OpenReadAsync(Directory.GetFiles(Path, $"{package}.0.*.nupkg").Single());
        await using var nuspec = await archive.GetEntry($"{package}.nuspec")!.OpenAsync();
        var document = await XDocument.LoadAsync(nuspec, LoadOptions.None, CancellationToken.None);
        return ([.. archive.Entries.Select(e => e.FullName)], document.Root!.Elements().Single());
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);

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
