using System.Globalization;
using TaskGrid.Errors;
using TaskGrid.Mail;

namespace TaskGrid.Requests;

/// <summary>The form of <c>/tasks/add</c>.</summary>
internal sealed record AddForm(long A, long B);

/// <summary>The form of <c>/tasks/process</c>.</summary>
internal sealed record ProcessForm(int Total);

/// <summary>The form of <c>/send_email</c>.</summary>
internal sealed record EmailForm(string Recipient, string Content);

/// <summary>Reads the forms of the example, by hand: a field that is missing or wrong is a problem that names it.</summary>
internal static class ExampleForms
{
    private const int LongestProcess = 3600;

    public static async Task<Parsed<AddForm>> ReadAddAsync(HttpRequest request)
    {
        var form = await ReadAsync(request);
        return form.Refusal is { } refusal ? refusal
            : Whole(form.Value!, "a") is not { } a ? NoNumber("a")
            : Whole(form.Value!, "b") is not { } b ? NoNumber("b")
            : new AddForm(a, b);
    }

    public static async Task<Parsed<ProcessForm>> ReadProcessAsync(HttpRequest request)
    {
        var form = await ReadAsync(request);
        return form.Refusal is { } refusal ? refusal
            : Whole(form.Value!, "total") is >= 0 and <= LongestProcess and var total ? new ProcessForm((int)total)
            : Refuse($"total is a whole number from 0 to {LongestProcess}.", "total");
    }

    public static async Task<Parsed<EmailForm>> ReadEmailAsync(HttpRequest request)
    {
        var form = await ReadAsync(request);
        if (form.Refusal is { } refusal)
        {
            return refusal;
        }

        var recipient = Text(form.Value!, "recipient");
        var content = Text(form.Value!, "content");
        return EmailAddress.Check(recipient) is { } badAddress ? new TaskRefusal(ApiErrorCodes.InvalidAddress, badAddress, "recipient")
            : EmailText.CheckContent(content) is { } badContent ? Refuse(badContent, "content")
            : new EmailForm(recipient!, content!);
    }

    private static async Task<Parsed<IFormCollection?>> ReadAsync(HttpRequest request)
    {
        if (!request.HasFormContentType || JsonBody.CheckEncoding(request) is not null)
        {
            return new TaskRefusal(ApiErrorCodes.UnsupportedMediaType, "Send a form: Content-Type application/x-www-form-urlencoded or multipart/form-data, not compressed.");
        }

        try
        {
            return new(await request.ReadFormAsync(request.HttpContext.RequestAborted), null);
        }
        catch (Exception e) when (e is InvalidDataException or IOException and not BadHttpRequestException)
        {
            return new TaskRefusal(ApiErrorCodes.InvalidRequest, $"The form can't be read: {e.Message}");
        }
    }

    private static string? Text(IFormCollection form, string name) => form[name] is [{ } value] ? value : null;

    private static long? Whole(IFormCollection form, string name) =>
        long.TryParse(Text(form, name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static TaskRefusal NoNumber(string name) => Refuse($"{name} is a whole number.", name);

    private static TaskRefusal Refuse(string message, string field) => new(ErrorCodes.InvalidArguments, message, field);
}
