namespace TaskGrid.MailTests;

public sealed class When_a_mail_is_sent
{
    [Fact]
    public async Task It_arrives_with_what_the_task_asked_for_and_a_receipt_comes_back()
    {
        await using var sink = await RunningSink.StartAsync();
        using var host = new MailHost(sink.Port, ("From", "The Grid <grid@example.com>"), ("MessageIdDomain", "example.com"));

        var receipt = await host.SendAsync(new SendEmail("ada@example.com", "hello", "Hi"), "0198-abc");

        var mail = sink.Single();
        Assert.Equal("0198-abc@example.com", receipt.MessageId);
        Assert.Contains("Kept in memory", receipt.Response, StringComparison.Ordinal);
        Assert.Equal(receipt.MessageId, mail.MessageId);
        Assert.Equal("\"The Grid\" <grid@example.com>", mail.From);
        Assert.Equal(["ada@example.com"], mail.To);
        Assert.Equal("Hi", mail.Subject);
        Assert.Equal("hello", mail.Text.TrimEnd());
        Assert.Equal("auto-generated", Header(mail, "Auto-Submitted"));
        Assert.Equal("Fri, 02 Jan 2026 03:04:05 +0000", Header(mail, "Date"));
        Assert.Contains("utf-8", Header(mail, "Content-Type"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Grüße, 日本語 🎉")]
    [InlineData(".\n..\n.hidden\nend")]
    [InlineData("one\n.\nQUIT\nstill the mail")]
    [InlineData("")]
    public async Task Its_text_arrives_unchanged(string content)
    {
        await using var sink = await RunningSink.StartAsync();
        using var host = new MailHost(sink.Port);

        await host.SendAsync(new SendEmail("ada@example.com", content, "Grüße 🎉"));

        var mail = sink.Single();
        Assert.Equal(content + "\n", mail.Text);
        Assert.Equal("Grüße 🎉", mail.Subject);
    }

    [Fact]
    public async Task A_very_long_line_and_lone_line_breaks_arrive_too()
    {
        await using var sink = await RunningSink.StartAsync();
        using var host = new MailHost(sink.Port);
        var line = new string('x', 100_000);

        await host.SendAsync(new SendEmail("ada@example.com", $"{line}\r\n{line}\rend"));

        Assert.Equal($"{line}\n{line}\nend", sink.Single().Text.TrimEnd());
    }

    [Fact]
    public async Task Without_a_subject_it_has_the_default_one()
    {
        await using var sink = await RunningSink.StartAsync();
        using var host = new MailHost(sink.Port);

        await host.SendAsync("ada@example.com");

        Assert.Equal("Message from TaskGrid", sink.Single().Subject);
    }

    [Theory]
    [InlineData("ada@bücher.example")]
    [InlineData("\"ada, > countess\"@example.com")]
    public async Task Unusual_addresses_reach_the_envelope(string address)
    {
        await using var sink = await RunningSink.StartAsync();
        using var host = new MailHost(sink.Port);

        await host.SendAsync(address);

        Assert.Equal([address], sink.Single().To);
    }

    [Fact]
    public async Task Both_attempts_of_one_task_carry_the_same_message_id()
    {
        await using var sink = await RunningSink.StartAsync();
        using var host = new MailHost(sink.Port);
        var email = new SendEmail("ada@example.com", "hello");

        await host.SendAsync(email, "task-7", attempt: 1);
        await host.SendAsync(email, "task-7", attempt: 2);

        Assert.Equal(["task-7@localhost", "task-7@localhost"], sink.Mailbox.List().Select(m => m.MessageId));
    }

    [Fact]
    public void Its_arguments_are_read_from_json_as_a_caller_writes_them()
    {
        var short_ = new JsonText("""{"recipient":"ada@example.com","content":"hello"}"""u8.ToArray()).As<SendEmail>();
        var long_ = new JsonText("""{"recipient":"ada@example.com","content":"hello","subject":"Hi"}"""u8.ToArray()).As<SendEmail>();

        Assert.Equal(new SendEmail("ada@example.com", "hello"), short_);
        Assert.Equal(new SendEmail("ada@example.com", "hello", "Hi"), long_);
        Assert.Equal("send_email", GridTaskAttribute.NameOf(typeof(SendEmail)));
    }

    private static string Header(DevMailMessage mail, string name) => Assert.Single(mail.Headers, h => h.Name == name).Value;
}
