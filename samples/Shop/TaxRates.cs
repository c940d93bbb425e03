namespace Shop;

/// <summary>A service of the application, as any handler may need one.</summary>
public sealed class TaxRates
{
    private readonly Dictionary<string, decimal> _rates = new(StringComparer.OrdinalIgnoreCase) { ["de"] = 0.19m, ["fr"] = 0.20m, ["ch"] = 0.081m };

    public decimal? Find(string country) => _rates.TryGetValue(country, out var rate) ? rate : null;
}
