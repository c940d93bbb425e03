namespace TaskGrid.DevMail;

/// <summary>What the sink does to a recipient on purpose, so that retries can be tried out.</summary>
internal enum RecipientFault
{
    None,

    /// <summary>"450 busy": may pass later.</summary>
    Busy,

    /// <summary>"550 no such mailbox": never passes.</summary>
    Unknown,

    /// <summary>"421", and the connection is closed.</summary>
    ShuttingDown,

    /// <summary>The mail is kept, but the connection is closed before the answer: the sender can't know.</summary>
    DropAfterData,
}

internal static class RecipientFaults
{
    /// <summary>The fault that the part before the @ asks for.</summary>
    public static RecipientFault Of(string address) => address.Split('@')[0].ToLowerInvariant() switch
    {
        "fail450" => RecipientFault.Busy,
        "fail550" => RecipientFault.Unknown,
        "fail421" => RecipientFault.ShuttingDown,
        "drop-after-data" => RecipientFault.DropAfterData,
        _ => RecipientFault.None,
    };
}
