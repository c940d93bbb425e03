using System.Globalization;

namespace TaskGrid.Unit;

/// <summary>Until it is disposed of, all that the calling test does happens in a culture in which nothing is written as usual.</summary>
internal sealed class HostileCulture : IDisposable
{
    private readonly (CultureInfo Culture, CultureInfo Ui) _usual = (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture);

    public HostileCulture()
    {
        var hostile = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        hostile.NumberFormat = new()
        {
            NegativeSign = "minus ",
            PositiveSign = "plus ",
            NumberDecimalSeparator = ",",
            NumberGroupSeparator = "\u066c",
            NumberGroupSizes = [2],
            NegativeInfinitySymbol = "nowhere",
            NaNSymbol = "nothing",
            NativeDigits = [.. "٠١٢٣٤٥٦٧٨٩".Select(c => c.ToString())],
            DigitSubstitution = DigitShapes.NativeNational,
        };
        hostile.DateTimeFormat = new() { TimeSeparator = "'", DateSeparator = "~", AMDesignator = "!", PMDesignator = "!", ShortDatePattern = "yyyy~dd~MM", LongTimePattern = "ss'mm'HH" };
        (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (hostile, hostile);
    }

    public void Dispose() => (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = _usual;
}
