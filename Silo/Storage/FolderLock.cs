namespace TaskGrid.Embedded;

/// <summary>
/// The right to open a data folder. The kernel takes it back when the process ends, however it ends, so a lock file that is
/// left lying about means nothing.
/// </summary>
internal sealed class FolderLock : IDisposable
{
    public const string FileName = "store.lock";

    private readonly FileStream _held;

    private FolderLock(FileStream held) => _held = held;

    /// <summary>Takes the lock, or gives null when another process (or another store in this one) has it.</summary>
    /// <exception cref="UnauthorizedAccessException">The folder can't be written to.</exception>
    public static FolderLock? TryTake(string folder)
    {
        try
        {
            return new FolderLock(new FileStream(Path.Combine(folder, FileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e) when (IsHeldByAnother(e))
        {
            return null;
        }
    }

    public void Dispose() => _held.Dispose();

    // Windows: ERROR_SHARING_VIOLATION. Elsewhere .NET locks with flock and passes on its EWOULDBLOCK: 11 on Linux, 35 on macOS.
    private static bool IsHeldByAnother(IOException e) => e.HResult is unchecked((int)0x80070020) or 11 or 35;
}
