using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace TaskGrid.Storage;

/// <summary>The engine's Lua, joined from its files in the order of their names: definitions, the last of which is the function of a call.</summary>
internal static class EngineScript
{
    public static string Text { get; } = Load();

    /// <summary>What the names of all its libraries begin with.</summary>
    public const string LibraryPrefix = "taskgrid_";

    /// <summary>The name of the library that a text is as a function, and of the function: another text has another name.</summary>
    public static string NameOf(string text) => LibraryPrefix + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];

    /// <summary>As a library for <c>FUNCTION LOAD</c>. It may write when memory is short: outcomes are kept then, and what is over its time is forgotten.</summary>
    public static string ForLoad(string text) =>
        $"#!lua name={NameOf(text)}\n{text}redis.register_function{{ function_name = '{NameOf(text)}', callback = run, flags = {{ 'allow-oom' }} }}\n";

    /// <summary>As a script for <c>EVAL</c>.</summary>
    public static string ForEval(string text) => text + "return run(KEYS, ARGV)\n";

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
