using Microsoft.Extensions.DependencyInjection;

namespace TaskGrid.Unit.Handlers;

/// <summary>Handler classes: the whole args are one value.</summary>
public sealed class HandlerTaskTests
{
    [GridTask("send_email", Queue = "mail", Priority = 7, MaxAttempts = 9)]
    public sealed record SendEmail(string To, string Subject, int? Copies = 1) : IGridTask<string>;

    public sealed class SendEmailHandler(Sent sent) : ITaskHandler<SendEmail, string>, IDisposable
    {
        public Task<string> RunAsync(SendEmail args, TaskContext context, CancellationToken cancellationToken)
        {
            sent.Handlers.Add(this);
            return Task.FromResult($"{args.To}:{args.Subject}:{args.Copies}:{context.TaskId}:{cancellationToken.CanBeCanceled}");
        }

        public void Dispose() => sent.Disposed.Add(this);
    }

    public sealed class Sent
    {
        public List<SendEmailHandler> Handlers { get; } = [];

        public List<SendEmailHandler> Disposed { get; } = [];
    }

    public sealed record Unnamed
    {
        public required int Number { get; init; }

        public string? Text { get; set; }
    }

    [GridTask("named_by_handler", MaxAttempts = 4)]
    public sealed class UnnamedHandler : ITaskHandler<Unnamed>
    {
        public Task RunAsync(Unnamed args, TaskContext context, CancellationToken cancellationToken) =>
            args.Number > 0 ? Task.CompletedTask : throw new TimeoutException(args.Text);
    }

    [GridTask("both")]
    public sealed record Both
    {
        public Both(string to) => To = to.Length > 0 ? to : throw new ArgumentException("to is empty");

        public string To { get; }
    }

    [GridTask("ignored")]
    public sealed class OfMany : ITaskHandler<Both>, ITaskHandler<Unnamed>, ITaskHandler<SendEmail, int>
    {
        public Task RunAsync(Both args, TaskContext context, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task RunAsync(Unnamed args, TaskContext context, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<int> RunAsync(SendEmail args, TaskContext context, CancellationToken cancellationToken) => throw new NotSupportedException();
    }

    [Theory]
    [InlineData("""{"to":"ada","subject":"hi"}""", "ada:hi:1")]
    [InlineData("""{"subject":"hi","copies":2,"to":"ada"}""", "ada:hi:2")]
    [InlineData("""{"to":"ada","subject":"hi","copies":null}""", "ada:hi:")]
    [InlineData("""["ada","hi"]""", "ada:hi:1")]
    [InlineData("""[ "ada" , "h\u0069" , 3 ]""", "ada:hi:3")]
    public async Task The_whole_args_are_the_record(string args, string result)
    {
        await using var provider = WithSendEmail();

        Assert.Null(provider.Task("send_email").Check(Grid.Json(args)));
        Assert.Equal($"\"{result}:id-1:False\"", (await provider.RunAsync("send_email", args)).ToString());
    }

    [Theory]
    [InlineData("""{"to":"ada"}""", "args.subject", "is missing; it must be a string")]
    [InlineData("""{"to":"ada","subject":"hi","cc":"x"}""", "args.cc", "is unknown; the task takes to, subject, copies")]
    [InlineData("""{"to":"ada","subject":"hi","To":"x"}""", "args.To", "is unknown")]
    [InlineData("""{"to":null,"subject":"hi"}""", "args.to", "must be a string, not null")]
    [InlineData("""{"to":"ada","to":"bob","subject":"hi"}""", "args.to", "given twice")]
    [InlineData("""{"to":"ada","subject":"hi","copies":"2"}""", "args.copies", "must be an integer from -2147483648 to 2147483647, not this string")]
    [InlineData("""{"to":"ada","subject":"hi","copies":1e999}""", "args.copies", "not 1e999")]
    [InlineData("""{"to":"\ud800","subject":"hi"}""", "args.to", "is not valid Unicode text")]
    [InlineData("""["ada"]""", "args[1]", "args[1] (subject) is missing")]
    [InlineData("""["ada",null]""", "args[1]", "must be a string, not null")]
    [InlineData("""["ada","hi","2"]""", "args[2]", "args[2] (copies) must be an integer")]
    [InlineData("""["ada","hi",2,3]""", "args[3]", "is one too many; the task takes to, subject, copies")]
    [InlineData("""{"to":"ada","subject":"hi"}}""", "args", "is not valid JSON")]
    [InlineData("5", "args", "not 5")]
    [InlineData("null", "args", "not null")]
    public async Task Args_that_do_not_fit_the_record_are_refused(string args, string field, string message)
    {
        await using var provider = WithSendEmail();

        var refusal = await provider.Task("send_email").RefusalAsync(args);

        Assert.Equal(field, refusal.Field);
        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_record_may_refuse_args_itself()
    {
        var task = Grid.Task<Both, OfMany>();

        Assert.Equal("args was refused: to is empty", (await task.RefusalAsync("""{"to":""}""")).Message);
        Assert.Equal("args was refused: to is empty", (await task.RefusalAsync("""[""]""")).Message);
    }

    [Theory]
    [InlineData("[]", "args.number")]
    [InlineData("[1]", "args[0]")]
    [InlineData("{}", "args.number")]
    public async Task A_type_without_constructor_parameters_takes_no_positions(string args, string field)
    {
        await using var provider = Grid.With(grid => grid.AddTask<Unnamed, UnnamedHandler>());

        Assert.Equal(field, (await provider.Task("named_by_handler").RefusalAsync(args)).Field);
    }

    [Fact]
    public async Task A_handler_without_a_result_gives_null_and_its_exception_is_not_wrapped()
    {
        await using var provider = Grid.With(grid => grid.AddTask<Unnamed, UnnamedHandler>());

        Assert.True((await provider.RunAsync("named_by_handler", """{"number":1}""")).IsNull);
        var failure = await Assert.ThrowsAsync<TimeoutException>(() => provider.RunAsync("named_by_handler", """{"number":0,"text":"late"}"""));
        Assert.Equal("late", failure.Message);
    }

    [Fact]
    public async Task Each_attempt_has_its_own_handler_which_ends_with_it()
    {
        await using var provider = WithSendEmail();
        var sent = provider.GetRequiredService<Sent>();

        await provider.RunAsync("send_email", """["a","b"]""");
        await provider.RunAsync("send_email", """["a","b"]""");

        Assert.Equal(2, sent.Handlers.Distinct().Count());
        Assert.Equal(sent.Handlers, sent.Disposed);
    }

    [Fact]
    public async Task A_handler_that_is_registered_is_taken_as_it_is()
    {
        var sent = new Sent();
        using var own = new SendEmailHandler(sent);
        await using var provider = Grid.With(grid =>
        {
            grid.Services.AddSingleton(own);
            grid.AddTask<SendEmail, SendEmailHandler>();
        });

        await provider.RunAsync("send_email", """["a","b"]""");

        Assert.Same(own, Assert.Single(sent.Handlers));
        Assert.Empty(sent.Disposed);
    }

    [Fact]
    public void Name_and_options_come_from_the_args_type_first()
    {
        using var provider = WithSendEmail(options => options.Priority = 8);

        var options = provider.Task("send_email").Options;

        Assert.Equal(("mail", 8, 9), (options.Queue, options.Priority, options.MaxAttempts));
        Assert.Equal("both", Grid.Task<Both, OfMany>().Name);
    }

    [Fact]
    public void Name_and_options_come_from_the_handler_when_the_args_type_has_none()
    {
        using var provider = Grid.With(grid => grid.AddTask<Unnamed, UnnamedHandler>());

        Assert.Equal(4, provider.Task("named_by_handler").Options.MaxAttempts);
        Assert.False(provider.Task("named_by_handler").IsSynchronous);
    }

    private static ServiceProvider WithSendEmail(Action<TaskOptions>? configure = null) => Grid.With(grid =>
    {
        grid.Services.AddSingleton<Sent>();
        grid.AddTask<SendEmail, SendEmailHandler>(configure);
    });
}
