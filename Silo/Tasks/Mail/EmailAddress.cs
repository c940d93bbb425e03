using System.Globalization;
using MimeKit;

namespace TaskGrid.Mail;

/// <summary>Checks recipients before anything is sent: pure, so that a web route can refuse what the handler would.</summary>
public static class EmailAddress
{
    /// <summary>The longest address, in characters.</summary>
    public const int MaxLength = 254;

    private const int MaxLocalPartLength = 64;

    private static readonly ParserOptions s_strict = new()
    {
        AddressParserComplianceMode = RfcComplianceMode.Strict,
        AllowAddressesWithoutDomain = false,
        AllowUnquotedCommasInAddresses = false,
    };

    /// <summary>
    /// Whether mail can be addressed to it: exactly one plain address with a domain. Lists, groups, display names, comments,
    /// address literals, and line breaks or other invisible characters are refused, never repaired.
    /// </summary>
    /// <returns>What is wrong, as a sentence for the caller; <c>null</c> when nothing is.</returns>
    public static string? Check(string? address) => address switch
    {
        null or "" => "The address is missing.",
        { Length: > MaxLength } => $"The address is longer than {MaxLength} characters.",
        _ when address.Any(IsInvisible) => "The address holds a line break or another invisible character.",
        _ => CheckParts(Parse(address)),
    };

    private static string? CheckParts(MailboxAddress? mailbox) => mailbox switch
    {
        null => "This is not one plain address such as ada@example.com.",
        { LocalPart.Length: > MaxLocalPartLength } => $"The part before the @ is longer than {MaxLocalPartLength} characters.",
        _ when !IsHostName(mailbox.Domain) => "The part after the @ is not a domain.",
        _ => null,
    };

    // The parser reads more than an address, "Ada <ada@example.com>" or "ada(note)@example.com": what it does not give back
    // unchanged was more.
    private static MailboxAddress? Parse(string address) =>
        MailboxAddress.TryParse(s_strict, address, out var mailbox)
        && (Same(mailbox.Address, address) || Same(mailbox.GetAddress(idnEncode: true), address)) ? mailbox : null;

    private static bool Same(string parsed, string given) => string.Equals(parsed, given, StringComparison.OrdinalIgnoreCase);

    private static bool IsHostName(string domain) => domain.Length > 0
        && domain.Split('.').All(label => label is { Length: > 0 and <= 63 }
            && label.All(c => char.IsLetterOrDigit(c) || c is '-' or '_' || char.IsSurrogate(c)));

    private static bool IsInvisible(char c) => char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
