using Xunit;

namespace TaskGrid.Embedded;

public sealed class DataFolderTests : IDisposable
{
    private readonly TempFolder _root = new();

    [Fact]
    public void Resolve_NothingConfigured_BesideTheSolutionAbove()
    {
        File.WriteAllText(Path.Combine(_root.Path, "Any.sln"), "");
        var project = Directory.CreateDirectory(Path.Combine(_root.Path, "src", "Web")).FullName;

        Assert.Equal(Path.Combine(_root.Path, ".data"), DataFolder.Resolve(null, project));
    }

    [Fact]
    public void Resolve_NoSolutionAbove_UnderTheContentRoot() =>
        Assert.Equal(Path.Combine(_root.Path, ".data"), DataFolder.Resolve("", _root.Path));

    [Fact]
    public void Resolve_RelativeSetting_StartsAtTheContentRoot() =>
        Assert.Equal(Path.Combine(_root.Path, "here"), DataFolder.Resolve("here", _root.Path));

    [Fact]
    public void Resolve_AbsoluteSetting_IsTakenAsItIs() =>
        Assert.Equal(Path.Combine(_root.Path, "there"), DataFolder.Resolve(Path.Combine(_root.Path, "there"), "/elsewhere"));

    public void Dispose() => _root.Dispose();
}
