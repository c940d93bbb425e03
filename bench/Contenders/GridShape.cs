namespace TaskGrid.Bench;

/// <summary>Which processes of TaskGrid a scenario needs.</summary>
/// <param name="Silos">How many silos.</param>
/// <param name="HasWeb">Whether there is a web process.</param>
internal sealed record GridShape(int Silos = 1, bool HasWeb = false);
