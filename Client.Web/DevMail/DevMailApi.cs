using Microsoft.AspNetCore.Http.HttpResults;

namespace TaskGrid.DevMail;

/// <summary>What the mailbox answers over HTTP.</summary>
internal static class DevMailApi
{
    public static DevMailServer Server(SmtpSink sink) => new(sink.Port, sink.Problem is null, sink.Problem, DevMailbox.Capacity);

    public static IReadOnlyList<DevMailSummary> List(DevMailbox mailbox) => mailbox.List();

    public static Results<Ok<DevMailMessage>, ProblemHttpResult> Read(long id, DevMailbox mailbox) => mailbox.Find(id) is { } mail
        ? TypedResults.Ok(mail)
        : TypedResults.Problem($"The mailbox holds no mail {id}. It keeps the last {DevMailbox.Capacity}.", statusCode: StatusCodes.Status404NotFound);

    public static NoContent Clear(DevMailbox mailbox)
    {
        mailbox.Clear();
        return TypedResults.NoContent();
    }
}
