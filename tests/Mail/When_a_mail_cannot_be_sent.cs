using System.Net;
using System.Net.Sockets;
using MailKit.Net.Smtp;
using MailKit.Security;

namespace TaskGrid.MailTests;

public sealed class When_a_mail_cannot_be_sent
{
    [Fact]
    public async Task A_450_is_left_to_another_attempt()
    {
        await using var sink = await RunningSink.StartAsync();
        using var host = new MailHost(sink.Port);

        var e = await Assert.ThrowsAsync<SmtpCommandException>(() => host.SendAsync("fail450@example.com"));

        Assert.Equal(450, (int)e.StatusCode);
        Assert.Empty(sink.Mailbox.List());
    }

    [Fact]
    public async Task A_421_is_left_to_another_attempt()
    {
        await using var sink = await RunningSink.StartAsync();
        using var host = new MailHost(sink.Port);

        var e = await Assert.ThrowsAsync<SmtpCommandException>(() => host.SendAsync("FAIL421@example.com"));

        Assert.Equal(421, (int)e.StatusCode);
    }

    [Fact]
    public async Task A_550_fails_the_task_with_the_servers_words()
    {
        await using var sink = await RunningSink.StartAsync();
        using var host = new MailHost(sink.Port);

        var e = await Assert.ThrowsAsync<PermanentFailureException>(() => host.SendAsync("fail550@example.com"));

        Assert.Contains("550 5.1.1 No such mailbox", e.Message, StringComparison.Ordinal);
        Assert.IsType<SmtpCommandException>(e.InnerException);
    }

    [Fact]
    public async Task A_connection_lost_after_the_message_means_another_attempt_under_the_same_message_id()
    {
        await using var sink = await RunningSink.StartAsync();
        using var host = new MailHost(sink.Port);
        var email = new SendEmail("drop-after-data@example.com", "hello");

        await Assert.ThrowsAsync<SmtpProtocolException>(() => host.SendAsync(email, "task-9", attempt: 1));
        await Assert.ThrowsAsync<SmtpProtocolException>(() => host.SendAsync(email, "task-9", attempt: 2));

        Assert.Equal(["task-9@localhost", "task-9@localhost"], sink.Mailbox.List().Select(m => m.MessageId));
    }

    [Theory]
    [InlineData("greeting")]
    [InlineData("EHLO")]
    [InlineData("MAIL")]
    [InlineData("RCPT")]
    [InlineData("DATA")]
    [InlineData(".")]
    public async Task A_connection_lost_at_any_step_is_left_to_another_attempt(string step)
    {
        await using var server = new ScriptedServer((step, ScriptedServer.HangUp));
        using var host = new MailHost(server.Port);

        var e = await Assert.ThrowsAnyAsync<Exception>(() => host.SendAsync("ada@example.com"));

        Assert.True(e is SmtpProtocolException or IOException, e.ToString());
    }

    [Theory]
    [InlineData("greeting", "421 4.3.2 later", false)]
    [InlineData("greeting", "554 5.3.2 not for you", true)]
    [InlineData("MAIL", "451 4.3.0 later", false)]
    [InlineData("MAIL", "530 5.7.0 log in first", true)]
    [InlineData("RCPT", "452 4.2.2 full", false)]
    [InlineData("RCPT", "553 5.1.3 bad address", true)]
    [InlineData("DATA", "451 4.3.0 later", false)]
    [InlineData("DATA", "554 5.7.1 spam", true)]
    [InlineData(".", "452 4.3.1 disk full", false)]
    [InlineData(".", "552 5.3.4 too large", true)]
    public async Task The_status_at_any_step_decides(string step, string answer, bool permanent)
    {
        await using var server = new ScriptedServer((step, answer));
        using var host = new MailHost(server.Port);

        var e = await Assert.ThrowsAnyAsync<Exception>(() => host.SendAsync("ada@example.com"));

        Assert.Equal(permanent, e is PermanentFailureException);
        Assert.Contains(answer[4..], e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("454 4.7.0 later", false)]
    [InlineData("535 5.7.8 wrong", true)]
    [InlineData("534 5.7.9 too weak", true)]
    public async Task The_status_of_the_login_decides_and_the_password_stays_out_of_the_message(string answer, bool permanent)
    {
        await using var server = new ScriptedServer(("EHLO", "250-localhost\r\n250 AUTH PLAIN"), ("AUTH", answer));
        using var host = new MailHost(server.Port, ("UserName", "ada"), ("Password", "s3cret"));

        var e = await Assert.ThrowsAnyAsync<Exception>(() => host.SendAsync("ada@example.com"));

        Assert.Equal(permanent, e is PermanentFailureException);
        Assert.DoesNotContain("s3cret", e.ToString(), StringComparison.Ordinal);
        Assert.Contains(server.Heard, line => line.StartsWith("AUTH PLAIN", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_that_is_down_is_left_to_another_attempt()
    {
        using var unused = new TcpListener(IPAddress.Loopback, 0);
        unused.Start();
        var port = ((IPEndPoint)unused.LocalEndpoint).Port;
        unused.Stop();
        using var host = new MailHost(port);

        await Assert.ThrowsAsync<SocketException>(() => host.SendAsync("ada@example.com"));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("greeting")]
    [InlineData("EHLO")]
    [InlineData(".")]
    public async Task A_silent_server_is_given_up_after_the_timeout(string step)
    {
        await using var server = new ScriptedServer((step, ScriptedServer.Silence));
        using var host = new MailHost(server.Port, ("Timeout", "00:05:00"));

        var sending = host.SendAsync("ada@example.com");
        await server.Silent.WaitAsync(TestContext.Current.CancellationToken);
        host.Time.Advance(TimeSpan.FromMinutes(5));

        await Assert.ThrowsAsync<TimeoutException>(() => sending);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_cancelled_task_stops_waiting_for_the_server()
    {
        await using var server = new ScriptedServer((".", ScriptedServer.Silence));
        using var host = new MailHost(server.Port);
        using var cancel = new CancellationTokenSource();

        var sending = host.SendAsync(new SendEmail("ada@example.com", "hello"), cancellationToken: cancel.Token);
        await server.Silent.WaitAsync(TestContext.Current.CancellationToken);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
    }

    [Fact]
    public async Task A_server_without_starttls_gets_nothing_when_tls_is_asked_for()
    {
        await using var server = new ScriptedServer();
        using var host = new MailHost(server.Port, ("Security", "StartTls"), ("UserName", "ada"), ("Password", "s3cret"));

        var e = await Assert.ThrowsAsync<PermanentFailureException>(() => host.SendAsync("ada@example.com"));

        Assert.IsType<NotSupportedException>(e.InnerException);
        Assert.DoesNotContain(server.Heard, line => line.StartsWith("AUTH", StringComparison.Ordinal) || line.StartsWith("MAIL", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_that_does_not_speak_tls_at_all_fails_the_task()
    {
        await using var sink = await RunningSink.StartAsync();
        using var host = new MailHost(sink.Port, ("Security", "SslOnConnect"));

        var e = await Assert.ThrowsAsync<PermanentFailureException>(() => host.SendAsync("ada@example.com"));

        Assert.IsType<SslHandshakeException>(e.InnerException);
    }

    [Fact]
    public async Task Without_a_configured_server_the_task_fails_and_says_so()
    {
        using var host = new MailHost(25, ("Host", ""));

        var e = await Assert.ThrowsAsync<PermanentFailureException>(() => host.SendAsync("ada@example.com"));

        Assert.Contains("Mail__Host", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ada@example.com, eve@example.com", "hello", null)]
    [InlineData("ada@example.com\r\nRCPT TO:<eve@example.com>", "hello", null)]
    [InlineData("ada@example.com", "hello", "Hi\r\nBcc: eve@example.com")]
    [InlineData("ada@example.com", null, null)]
    public async Task Arguments_that_the_checks_refuse_never_reach_the_server(string recipient, string? content, string? subject)
    {
        await using var server = new ScriptedServer();
        using var host = new MailHost(server.Port);

        await Assert.ThrowsAsync<PermanentFailureException>(() => host.SendAsync(new SendEmail(recipient, content!, subject)));

        Assert.Equal(0, server.Connections);
    }
}
