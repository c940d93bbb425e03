using Microsoft.Extensions.DependencyInjection;
using TaskGrid.Testing;
using Xunit;

namespace TaskGrid.Scenarios.Documents;

public interface IMailbox
{
    Task<string> SendAsync(string address, string key);
}

public sealed class Mailbox : IMailbox
{
    public List<string> Sent { get; } = [];

    public bool IsDown { get; set; }

    public Task<string> SendAsync(string address, string key)
    {
        if (IsDown)
        {
            throw new TimeoutException("The mail server does not answer.");
        }

        Sent.Add(address);
        return Task.FromResult($"sent {key}");
    }
}

[GridTask("send_welcome", Queue = "mail", MaxAttempts = 4)]
public sealed record SendWelcome(string Address) : IGridTask<string>;

public sealed class SendWelcomeHandler(IMailbox mailbox) : ITaskHandler<SendWelcome, string>
{
    public async Task<string> RunAsync(SendWelcome args, TaskContext context, CancellationToken cancellationToken)
    {
        context.Log($"to {args.Address}");
        return await mailbox.SendAsync(args.Address, key: context.TaskId);
    }
}

public sealed class Accounts(ITaskClient tasks)
{
    public async Task<string> RegisterAsync(string address)
    {
        var welcome = await tasks.SubmitAsync(new SendWelcome(address), new() { Delay = TimeSpan.FromDays(1) });
        return welcome.Id;
    }
}

/// <summary>The examples of docs/testing-your-tasks.md.</summary>
public sealed class TestingYourTasks
{
    [Fact]
    public async Task Welcome_is_sent_with_the_tasks_id_as_key()
    {
        var mailbox = new Mailbox();
        await using var run = TaskRun.Of<SendWelcome, SendWelcomeHandler>(grid => grid.Services.AddSingleton<IMailbox>(mailbox));

        var outcome = await run.RunAsync(new SendWelcome("ada@example.com"), new() { TaskId = "welcome-1" });

        Assert.Equal("sent welcome-1", outcome.ResultAs<string>());
        Assert.Equal(["to ada@example.com"], outcome.Context.Lines);
    }

    [Fact]
    public async Task Welcome_is_tried_again_while_the_mail_server_is_down()
    {
        await using var run = TaskRun.Of<SendWelcome, SendWelcomeHandler>(grid => grid.Services.AddSingleton<IMailbox>(new Mailbox { IsDown = true }));

        var first = await run.RunAsync(new SendWelcome("ada@example.com"));
        var last = await run.RunAsync(new SendWelcome("ada@example.com"), new() { Attempt = 4 });

        Assert.Equal((AttemptVerdict.Retrying, "System.TimeoutException"), (first.Verdict, first.Error!.Type));
        Assert.Equal(AttemptVerdict.Failed, last.Verdict);
    }

    [Fact]
    public async Task Sum_is_the_sum()
    {
        await using var run = TaskRun.Of((int x, int y) => x + y);

        Assert.Equal(5, (await run.RunAsync(new { x = 2, y = 3 })).ResultAs<int>());
    }

    [Fact]
    public async Task Registering_submits_the_welcome()
    {
        var tasks = new RecordingTaskClient();

        await new Accounts(tasks).RegisterAsync("ada@example.com");

        tasks.Submissions.AssertSubmitted<SendWelcome>(welcome => welcome.Address == "ada@example.com");
    }

    [Fact]
    public async Task Welcome_comes_a_day_after_registering()
    {
        var mailbox = new Mailbox();
        await using var grid = await TestGrid.StartAsync(tasks =>
        {
            tasks.Services.AddSingleton<IMailbox>(mailbox);
            tasks.AddTask<SendWelcome, SendWelcomeHandler>();
        });

        await new Accounts(grid.Tasks).RegisterAsync("ada@example.com");
        await grid.DrainAsync();
        Assert.Empty(mailbox.Sent);

        await grid.AdvanceAsync(TimeSpan.FromDays(1));
        await grid.DrainAsync();
        Assert.Equal(["ada@example.com"], mailbox.Sent);
    }
}
