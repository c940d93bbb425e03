using System.Reflection;
using System.Text;

namespace TaskGrid.Storage;

/// <summary>The engine's Lua, joined from its files in the order of their names.</summary>
internal static class EngineScript
{
    public static string Text { get; } = Load();

    private static string Load()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var text = new StringBuilder();
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.EndsWith(".lua", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            text.Append(reader.ReadToEnd()).Append('\n');
        }

        return text.ToString();
    }
}
