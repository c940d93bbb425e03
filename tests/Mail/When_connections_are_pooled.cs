namespace TaskGrid.MailTests;

public sealed class When_connections_are_pooled
{
    [Fact]
    public async Task The_next_mail_uses_the_same_connection_after_asking_whether_it_still_answers()
    {
        await using var server = new ScriptedServer();
        using var host = new MailHost(server.Port);

        await host.SendAsync("ada@example.com");
        await host.SendAsync("ada@example.com");

        Assert.Equal(1, server.Connections);
        Assert.Equal(["EHLO", "MAIL", "RCPT", "DATA", "NOOP", "MAIL", "RCPT", "DATA"], server.Heard.Select(line => line.Split(' ')[0]));
    }

    [Theory]
    [InlineData("fail450@example.com")]
    [InlineData("fail421@example.com")]
    [InlineData("drop-after-data@example.com")]
    public async Task A_failure_discards_the_connection(string recipient)
    {
        await using var sink = await RunningSink.StartAsync();
        using var host = new MailHost(sink.Port);

        await host.SendAsync("ada@example.com", "before");
        await Assert.ThrowsAnyAsync<Exception>(() => host.SendAsync(recipient, "failing"));
        await host.SendAsync("ada@example.com", "after");

        Assert.Equal(1, Sent(sink, "before").Session);
        Assert.Equal(2, Sent(sink, "after").Session);
    }

    [Fact]
    public async Task A_connection_that_the_server_closed_meanwhile_is_replaced_without_a_failure()
    {
        await using var server = new ScriptedServer(("NOOP", ScriptedServer.HangUp));
        using var host = new MailHost(server.Port);

        await host.SendAsync("ada@example.com");
        await host.SendAsync("ada@example.com");

        Assert.Equal(2, server.Connections);
    }

    [Fact]
    public async Task A_connection_idle_for_a_minute_is_closed_without_further_mail()
    {
        await using var sink = await RunningSink.StartAsync();
        await using var server = new ScriptedServer();
        using var host = new MailHost(server.Port);

        await host.SendAsync("ada@example.com");
        host.Time.Advance(TimeSpan.FromSeconds(60));

        // The scripted server serves one connection at a time: it takes this one when the other has been closed.
        using var next = await RawSmtp.ConnectAsync(server.Port);
        Assert.Equal("220 ready", await next.ReadAsync());
    }

    [Fact]
    public async Task Many_mails_at_once_share_the_allowed_connections()
    {
        await using var sink = await RunningSink.StartAsync();
        using var host = new MailHost(sink.Port, ("MaxConnections", "3"));

        await Task.WhenAll(Enumerable.Range(0, 60).Select(i => host.SendAsync("ada@example.com", $"task-{i}")));

        Assert.Equal(60, sink.Mailbox.List().Select(m => m.MessageId).Distinct().Count());
        Assert.All(sink.Mailbox.List(), m => Assert.InRange(m.Session, 1, 3));
    }

    [Fact]
    public async Task The_host_closes_them_when_it_ends()
    {
        await using var server = new ScriptedServer();
        var host = new MailHost(server.Port);
        await host.SendAsync("ada@example.com");

        host.Dispose();

        using var next = await RawSmtp.ConnectAsync(server.Port);
        Assert.Equal("220 ready", await next.ReadAsync());
    }

    [Fact]
    public async Task A_mail_that_waits_for_a_connection_can_be_cancelled()
    {
        await using var server = new ScriptedServer((".", ScriptedServer.Silence));
        using var host = new MailHost(server.Port, ("MaxConnections", "1"));
        using var cancelFirst = new CancellationTokenSource();
        using var cancelSecond = new CancellationTokenSource();
        var email = new SendEmail("ada@example.com", "hello");
        var first = host.SendAsync(email, cancellationToken: cancelFirst.Token);
        await server.Silent.WaitAsync(TestContext.Current.CancellationToken);

        var second = host.SendAsync(email, cancellationToken: cancelSecond.Token);
        await cancelSecond.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.False(first.IsCompleted);
        await cancelFirst.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
    }

    private static DevMailSummary Sent(RunningSink sink, string taskId) =>
        Assert.Single(sink.Mailbox.List(), m => m.MessageId == $"{taskId}@localhost");
}
