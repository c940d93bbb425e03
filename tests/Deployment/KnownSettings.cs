using System.Globalization;
using System.Text.RegularExpressions;
using TaskGrid.Access;
using TaskGrid.DevMail;
using TaskGrid.Hosting;
using TaskGrid.Mail;

namespace TaskGrid.Deployment;

/// <summary>Every configuration key that the code reads: the properties of the options classes, and the keys that stand in the code itself.</summary>
internal static partial class KnownSettings
{
    private static readonly string[] s_projects = ["Grains.Interfaces", "Grains", "Silo", "Client.Web"];

    /// <summary>What .NET's own hosts read.</summary>
    public static IReadOnlySet<string> OfTheFramework { get; } = new HashSet<string> { "DOTNET_ENVIRONMENT", "ASPNETCORE_ENVIRONMENT", "ASPNETCORE_HTTP_PORTS" };

    /// <summary>The keys of the options classes with their defaults.</summary>
    public static IReadOnlyDictionary<string, string> OfOptions { get; } = new[]
    {
        Read(TaskGridOptions.Section, new TaskGridOptions()),
        Read(TaskGridClientOptions.Section, new TaskGridClientOptions()),
        Read(TlsOptions.Section, new TlsOptions()),
        Read(WebhookOptions.Section, new WebhookOptions()),
        Read(TaskGridHttpOptions.Section, new TaskGridHttpOptions()),
        Read(MailOptions.Section, new MailOptions()),
        Read(DevMailOptions.Section, new DevMailOptions()),
        Read(AccessOptions.Section, new AccessOptions()),
        Read(UiOptions.Section, new UiOptions()),
    }.SelectMany(section => section).ToDictionary();

    /// <summary>The keys that the code reads by name.</summary>
    public static IReadOnlySet<string> Raw { get; } = s_projects
        .SelectMany(project => Directory.EnumerateFiles(Path.Combine(Repository.Root, project), "*.cs", SearchOption.AllDirectories))
        .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal))
        .SelectMany(file => Keys(File.ReadAllText(file))).ToHashSet();

    public static bool Contains(string key) => OfOptions.ContainsKey(key) || Raw.Contains(key);

    private static IEnumerable<KeyValuePair<string, string>> Read(string section, object options) => options.GetType().GetProperties()
        .Where(property => property.CanWrite)
        .Select(property => KeyValuePair.Create($"{section}:{property.Name}", Text(property.GetValue(options))));

    private static IEnumerable<string> Keys(string code) => ByKey().Matches(code).Select(m => m.Groups[1].Value)
        .Concat(ConnectionString().Matches(code).Select(m => $"ConnectionStrings:{m.Groups[1].Value}"));

    [GeneratedRegex("""(?:onfiguration\[|GetValue(?:<[^>]+>)?\(|const string Setting = )"([A-Za-z]+(?::[A-Za-z]+)+)["]""")]
    private static partial Regex ByKey();

    [GeneratedRegex("""GetConnectionString\("([^"]+)"\)""")]
    private static partial Regex ConnectionString();

    // As it is written in JSON and in the environment.
    private static string Text(object? value) => value is bool isSo ? (isSo ? "true" : "false") : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}
