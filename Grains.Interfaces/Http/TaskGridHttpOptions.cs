namespace TaskGrid;

/// <summary>The web application that answers for a grid.</summary>
public sealed class TaskGridHttpOptions
{
    /// <summary>The configuration section they are read from.</summary>
    public const string Section = "TaskGrid:Http";

    /// <summary>Where it is, for example <c>https://grid.example</c>; required.</summary>
    public Uri? Address { get; set; }

    /// <summary>The API key to come with; none while the grid asks for none.</summary>
    public string? Key { get; set; }

    /// <summary>How long one request may take, waits apart; default 10 s, 1 s to 10 min.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(10);
}
