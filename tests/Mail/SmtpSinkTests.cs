using Microsoft.Extensions.Time.Testing;

namespace TaskGrid.MailTests;

public sealed class SmtpSinkTests
{
    [Fact]
    public async Task A_conversation_by_hand_keeps_the_mail_and_undoes_dot_stuffing()
    {
        await using var sink = await RunningSink.StartAsync();
        using var smtp = await GreetedAsync(sink);

        Assert.StartsWith("250", await smtp.AskAsync("mail from:<>"), StringComparison.Ordinal);
        Assert.StartsWith("250", await smtp.AskAsync("RCPT TO:<ada@example.com>"), StringComparison.Ordinal);
        Assert.StartsWith("250", await smtp.AskAsync("RCPT TO:<eve@example.com>"), StringComparison.Ordinal);
        Assert.StartsWith("354", await smtp.AskAsync("DATA"), StringComparison.Ordinal);
        Assert.StartsWith("250", await smtp.AskAsync("Subject: by hand\r\n\r\n..dot\r\n...\r\nbare\n.\nline feeds\r\n."), StringComparison.Ordinal);
        Assert.StartsWith("221", await smtp.AskAsync("QUIT"), StringComparison.Ordinal);
        Assert.Null(await smtp.ReadAsync());

        var mail = sink.Single();
        Assert.Equal(["ada@example.com", "eve@example.com"], mail.To);
        Assert.Equal("by hand", mail.Subject);
        Assert.Equal(".dot\n..\nbare\n.\nline feeds\n", mail.Text);
    }

    [Theory]
    [InlineData("RCPT TO:<ada@example.com>", "503")]
    [InlineData("DATA", "503")]
    [InlineData("MAIL FROM:ada@example.com", "501")]
    [InlineData("MAIL TO:<ada@example.com>", "501")]
    [InlineData("MAIL FROM:<ada@example.com> SIZE=1048577", "552")]
    [InlineData("NOOP", "250")]
    [InlineData("RSET", "250")]
    [InlineData("VRFY ada", "502")]
    [InlineData("", "502")]
    public async Task Commands_out_of_order_or_wrong_are_answered(string command, string status)
    {
        await using var sink = await RunningSink.StartAsync();
        using var smtp = await GreetedAsync(sink);

        Assert.StartsWith(status, await smtp.AskAsync(command), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mail_before_a_greeting_is_refused()
    {
        await using var sink = await RunningSink.StartAsync();
        using var smtp = await RawSmtp.ConnectAsync(sink.Port);
        await smtp.ReadAsync();

        Assert.StartsWith("503", await smtp.AskAsync("MAIL FROM:<ada@example.com>"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reset_forgets_the_recipients()
    {
        await using var sink = await RunningSink.StartAsync();
        using var smtp = await GreetedAsync(sink);
        await smtp.AskAsync("MAIL FROM:<a@example.com>");
        await smtp.AskAsync("RCPT TO:<ada@example.com>");

        await smtp.AskAsync("RSET");

        Assert.StartsWith("503", await smtp.AskAsync("DATA"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_over_a_megabyte_is_refused_and_the_connection_goes_on()
    {
        await using var sink = await RunningSink.StartAsync();
        using var smtp = await GreetedAsync(sink);
        await smtp.AskAsync("MAIL FROM:<a@example.com>");
        await smtp.AskAsync("RCPT TO:<ada@example.com>");
        await smtp.AskAsync("DATA");

        var line = new string('x', 900) + "\r\n";
        await smtp.WriteAsync(string.Concat(Enumerable.Repeat(line, 1200)));

        Assert.StartsWith("552", await smtp.AskAsync("."), StringComparison.Ordinal);
        Assert.StartsWith("250", await smtp.AskAsync("NOOP"), StringComparison.Ordinal);
        Assert.Empty(sink.Mailbox.List());
    }

    [Fact]
    public async Task A_line_that_does_not_end_closes_the_connection()
    {
        await using var sink = await RunningSink.StartAsync();
        using var smtp = await GreetedAsync(sink);

        await smtp.WriteAsync(new string('x', SmtpChannel.MaxLineLength + 2));

        Assert.StartsWith("500", await smtp.ReadAsync(), StringComparison.Ordinal);
        Assert.Null(await smtp.ReadAsync());
    }

    [Fact]
    public async Task A_silent_client_is_cut_off_after_five_minutes()
    {
        var time = new FakeTimeProvider();
        await using var sink = await RunningSink.StartAsync(time);
        using var smtp = await RawSmtp.ConnectAsync(sink.Port);
        await smtp.ReadAsync();

        time.Advance(TimeSpan.FromMinutes(5));

        Assert.Null(await smtp.ReadAsync());
    }

    [Fact]
    public async Task Too_many_connections_are_turned_away_until_one_ends()
    {
        await using var sink = await RunningSink.StartAsync();
        var open = new List<RawSmtp>();
        for (var i = 0; i < 50; i++)
        {
            open.Add(await GreetedAsync(sink));
        }

        using var refused = await RawSmtp.ConnectAsync(sink.Port);
        Assert.StartsWith("421", await refused.ReadAsync(), StringComparison.Ordinal);
        Assert.Null(await refused.ReadAsync());

        open.ForEach(smtp => smtp.Dispose());
    }

    [Fact]
    public async Task A_taken_port_is_reported_and_does_not_end_the_host()
    {
        await using var first = await RunningSink.StartAsync();

        await using var second = await RunningSink.StartAsync(port: first.Port);

        Assert.Null(first.Problem);
        Assert.Contains(first.Port.ToString(), second.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void The_mailbox_keeps_the_last_five_hundred()
    {
        var mailbox = new DevMailbox(TimeProvider.System);
        for (var i = 1; i <= 503; i++)
        {
            mailbox.Add(1, ["ada@example.com"], "Subject: x\r\n\r\nhello\r\n"u8.ToArray());
        }

        var kept = mailbox.List();
        Assert.Equal(500, kept.Count);
        Assert.Equal((503, 4), (kept[0].Id, kept[^1].Id));
        Assert.Null(mailbox.Find(3));
    }

    [Fact]
    public void The_mailbox_keeps_no_more_than_32_megabytes()
    {
        var mailbox = new DevMailbox(TimeProvider.System);
        var raw = new byte[1024 * 1024];
        Array.Fill(raw, (byte)'x');
        "A: b\r\n\r\n"u8.CopyTo(raw);
        for (var i = 0; i < 40; i++)
        {
            mailbox.Add(1, ["ada@example.com"], raw);
        }

        Assert.Equal(32, mailbox.List().Count);
    }

    private static async Task<RawSmtp> GreetedAsync(RunningSink sink)
    {
        var smtp = await RawSmtp.ConnectAsync(sink.Port);
        await smtp.ReadAsync();
        await smtp.AskAsync("HELO test");
        return smtp;
    }
}
