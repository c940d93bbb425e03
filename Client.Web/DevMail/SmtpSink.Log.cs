namespace TaskGrid.DevMail;

internal sealed partial class SmtpSink
{
    [LoggerMessage(LogLevel.Information, "The development mailbox takes mail at 127.0.0.1:{Port} and keeps the last {Capacity} in memory; see /ui/mail")]
    private partial void LogListening(int port, int capacity);

    [LoggerMessage(LogLevel.Error, "The development mailbox does not listen, the host goes on without it. {Problem}")]
    private partial void LogNotListening(string problem);

    [LoggerMessage(LogLevel.Debug, "SMTP session {Session} was cut off: {Reason}")]
    private partial void LogCutOff(long session, string reason);

    [LoggerMessage(LogLevel.Error, "SMTP session {Session} failed")]
    private partial void LogFailed(Exception exception, long session);
}
