using System.Text.Json;

namespace TaskGrid.Tests.Web.BadInput;

/// <summary>Tasks that end badly in every way, and one that gives back whatever it gets.</summary>
internal static class BadTasks
{
    public const int Inner = 1000;

    /// <summary>What a result or message may well be: text that a page could take for its own.</summary>
    public const string Markup = """</script><script>alert(1)</script><img src=x onerror="alert(2)">{{7*7}}""";

    public static JsonElement Mirror(JsonElement value) => value;

    public static void ThrowMuch() => throw new InvalidOperationException(new string('m', 10_000_000));

    public static void ThrowDeeply()
    {
        var deepest = new InvalidOperationException("0");
        for (var depth = 1; depth < Inner; depth++)
        {
            deepest = new($"{depth}", deepest);
        }

        throw deepest;
    }

    public static void ThrowWordless() => throw new WordlessException();

    public static void ThrowMarkup() => throw new InvalidOperationException(Markup);

    private sealed class WordlessException : Exception
    {
        public override string Message => throw new InvalidOperationException("It has no words.");

        public override string ToString() => throw new InvalidOperationException("Nor any other.");
    }
}
