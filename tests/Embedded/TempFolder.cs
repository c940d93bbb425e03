namespace TaskGrid.Embedded;

internal sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("taskgrid-store-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
