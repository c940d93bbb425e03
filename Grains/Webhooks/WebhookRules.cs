using System.Net;
using System.Net.Sockets;

namespace TaskGrid.Webhooks;

/// <summary>Whom a webhook may call. Pure.</summary>
internal static class WebhookRules
{
    private const int LongestUrl = 2000;

    // What is not the public internet: this host, private and shared networks, links (cloud metadata among them), documentation, benchmarks, multicast, reserved.
    private static readonly IPNetwork[] s_closed =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
            "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3", "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16",
            "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
        }.Select(n => IPNetwork.Parse(n)),
    ];

    /// <summary>Why a URL is refused when a task is submitted with it, if it is.</summary>
    public static TaskRefusal? Check(string url, WebhookOptions options) => true switch
    {
        _ when !options.IsOn => Refused("This grid delivers no webhooks: its silos have no TaskGrid:Webhooks:Secrets."),
        _ when url.Length > LongestUrl || !Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http") || uri.UserInfo.Length > 0 || uri.Fragment.Length > 0 =>
            Refused($"A webhook is a URL such as https://example.com/done, without user and fragment, of at most {LongestUrl} characters."),
        _ => Check(new Uri(url), options),
    };

    /// <summary>Whether an address is one that anybody on the internet could call.</summary>
    public static bool IsPublic(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return plain.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6 && !s_closed.Any(n => n.BaseAddress.AddressFamily == plain.AddressFamily && n.Contains(plain));
    }

    // A name is looked up when it is called: what it leads to now may be another address then.
    private static TaskRefusal? Check(Uri uri, WebhookOptions options) => options.Allows(uri.IdnHost) ? null
        : uri.Scheme != "https" ? Refused("A webhook is called by https, unless the silos' TaskGrid:Webhooks:AllowedHosts has its host.")
        : IPAddress.TryParse(uri.IdnHost.Trim('[', ']'), out var address) && !IsPublic(address) ? Refused("That address is not public, and TaskGrid:Webhooks:AllowedHosts does not have it.")
        : null;

    private static TaskRefusal Refused(string message) => new(ErrorCodes.InvalidOption, message, "webhook");
}
