namespace TaskGrid.Kit;

/// <summary>A disk that is soon full: a file system in memory, which takes root.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private readonly string _at = Directory.CreateTempSubdirectory("taskgrid-disk-").FullName;

    private SmallDisk()
    {
    }

    public static bool IsPossible => Environment.IsPrivilegedProcess && Programs.Find("mount") is not null;

    /// <summary>A folder on it.</summary>
    public string Folder => Path.Combine(_at, "folder");

    private string Ballast => Path.Combine(_at, "ballast");

    /// <exception cref="InvalidOperationException">This machine does not let a test mount anything.</exception>
    public static async Task<SmallDisk> MountAsync(int megabytes)
    {
        var disk = new SmallDisk();
        await Programs.RunAsync("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", disk._at);
        Directory.CreateDirectory(disk.Folder);
        return disk;
    }

    /// <summary>Not a byte more can be written.</summary>
    public async Task FillAsync()
    {
        await using var ballast = new FileStream(Ballast, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true)
            {
                await ballast.WriteAsync(new byte[4096]);
            }
        }
        catch (IOException)
        {
            // That was the last of it.
        }
    }

    /// <summary>There is room again.</summary>
    public void Free() => File.Delete(Ballast);

    public async ValueTask DisposeAsync()
    {
        await Programs.RunAsync("umount", _at);
        Directory.Delete(_at);
    }
}
