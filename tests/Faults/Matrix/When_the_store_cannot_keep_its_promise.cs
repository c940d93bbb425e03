using System.Globalization;
using System.Net;
using StackExchange.Redis;
using TaskGrid.Kit;
using Xunit;

namespace TaskGrid.Faults.Matrix;

/// <summary>The store of a running grid stops being one that keeps tasks: it is noticed, and nothing is acknowledged any more.</summary>
public sealed class When_the_store_cannot_keep_its_promise(ITestOutputHelper output)
{
    // A member that stops, has stopped or is dead.
    private const string Leaving = """/members/[\s\S]*"Status":[456],""";
    private static readonly TimeSpan s_notice = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("appendonly", "no", "yes")]
    [InlineData("maxmemory-policy", "allkeys-lru", "noeviction")]
    public async Task Its_settings_lose_tasks(string setting, string unsafeValue, string safeValue)
    {
        await using var grid = await RealGrid.StartAsync(silos: 1);
        await using var web = await Web.StartAsync(grid.Redis.ConnectionString);
        await using var admin = await ConnectionMultiplexer.ConnectAsync($"{grid.Redis.ConnectionString},allowAdmin=true");
        await web.SubmitAsync(new(), "work", new { milliseconds = 1 });

        await admin.GetServers()[0].ConfigSetAsync(setting, unsafeValue);
        var changedAt = RealGrid.Now;
        await UntilAsync(web, HttpStatusCode.ServiceUnavailable, ErrorCodes.StoreUnsafe);
        output.WriteLine($"refused {(RealGrid.Now - changedAt).TotalSeconds:0.0} s after the change");

        await admin.GetServers()[0].ConfigSetAsync(setting, safeValue);
        await UntilAsync(web, HttpStatusCode.Accepted, "");
    }

    [Fact]
    public async Task It_is_full_and_what_is_there_is_finished()
    {
        await using var grid = await RealGrid.StartAsync(silos: 2);
        await using var web = await Web.StartAsync(grid.Redis.ConnectionString);
        await using var admin = await ConnectionMultiplexer.ConnectAsync($"{grid.Redis.ConnectionString},allowAdmin=true");
        var ledger = new Ledger();
        // What is there waits until it is full.
        await grid.Queues.PauseAsync("default");
        var ids = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => web.SubmitAsync(ledger, "work", new { milliseconds = 100 })));

        // Beside a large value there is room enough for what is there to end, in the tenth that is kept free for that.
        await admin.GetDatabase().StringSetRangeAsync("ballast", 50_000_000, "x");
        var used = long.Parse((await admin.GetServers()[0].InfoAsync("memory")).SelectMany(g => g).Single(p => p.Key == "used_memory").Value, CultureInfo.InvariantCulture);
        await admin.GetServers()[0].ConfigSetAsync("maxmemory", used * 107 / 100);
        await UntilAsync(web, HttpStatusCode.ServiceUnavailable, ErrorCodes.StoreFull);
        await grid.Queues.ResumeAsync("default");
        await Task.WhenAll(ids.Select(id => web.FinalAsync(ledger, id, TimeSpan.FromSeconds(60))));
        await UntilAsync(web, HttpStatusCode.ServiceUnavailable, ErrorCodes.StoreFull);
        // As when tasks have been forgotten.
        await admin.GetDatabase().KeyDeleteAsync("ballast");
        await UntilAsync(web, HttpStatusCode.Accepted, "");

        var runs = grid.Executions.Where(e => ledger.Attempted.Contains(e.Id)).ToList();
        var findings = Findings.Of(ledger, runs, grid.Deaths);
        output.WriteLine($"N = {ids.Length}, all run while nothing was accepted: {findings}");
        findings.Check();
        Assert.Equal(0, findings.Repeated);
    }

    /// <summary>The silos stop, one that comes later makes a new beginning, and there is one cluster.</summary>
    [Theory]
    [InlineData("told to forget all")]
    [InlineData("started without its files", Explicit = true)]
    public async Task It_is_wiped(string how)
    {
        await using var grid = await RealGrid.StartAsync(silos: 2);
        await using var web = await Web.StartAsync(grid.Redis.ConnectionString);
        await using var admin = await ConnectionMultiplexer.ConnectAsync($"{grid.Redis.ConnectionString},allowAdmin=true");
        var known = await web.SubmitAsync(new(), "work", new { milliseconds = 1 });
        var old = grid.Silos.ToList();

        var wipedAt = RealGrid.Now;
        await (how == "told to forget all" ? admin.GetServers()[0].FlushAllDatabasesAsync() : grid.Redis.RestartEmptyAsync());
        var (status, body) = await web.TryAsync(HttpMethod.Post, "/api/v1/tasks", new { task = "work", args = new { milliseconds = 1 } });
        Assert.True(status == HttpStatusCode.ServiceUnavailable, $"{status} {body}");
        var (health, _) = await web.TryAsync(HttpMethod.Get, "/health/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, health);
        output.WriteLine($"refused {(RealGrid.Now - wipedAt).TotalSeconds:0.0} s after the wipe");

        await Task.WhenAll(old.Select(s => s.ExitAsync())).WaitAsync(s_notice - (RealGrid.Now - wipedAt), TimeProvider.System);
        Assert.All(old, s => Assert.NotEqual(0, s.ExitCode));
        output.WriteLine($"all silos had stopped {(RealGrid.Now - wipedAt).TotalSeconds:0.0} s after the wipe");
        await grid.AddSiloAsync();
        await UntilAsync(web, HttpStatusCode.Accepted, "");
        Assert.False(await web.IsKnownAsync(known));
    }

    /// <summary>
    /// What its address leads to is the Redis of another grid: its silos end, and write nothing there. What is acknowledged from then on is that other grid's,
    /// until it leads back.
    /// </summary>
    [Fact]
    public async Task It_is_another_one()
    {
        await using var other = await RealGrid.StartAsync(silos: 1);
        await using var grid = await RealGrid.StartAsync(silos: 0);
        await using var way = new TcpProxy(grid.Redis.Port);
        int[] ports = [Ports.Free(), Ports.Free()];
        var old = await Task.WhenAll(ports.Select(port => grid.AddSiloAsync(("ConnectionStrings__redis", $"{way.EndPoint}"), ("TaskGrid__SiloPort", $"{port}"))));
        await using var web = await Web.StartAsync($"{way.EndPoint}");
        await web.SubmitAsync(new(), "work", new { milliseconds = 1 });

        var (silo, ledger) = (other.Silos[0], new Ledger());
        way.Target = other.Redis.Port;
        way.Reset();
        var changedAt = RealGrid.Now;
        var submits = Enumerable.Range(0, 20).Select(_ => web.SubmitAsync(ledger, "work", new { milliseconds = 1 })).ToList();
        await Task.WhenAll(old.Select(s => s.ExitAsync().WaitAsync(s_notice, TimeProvider.System)));
        Assert.All(old, s => Assert.NotEqual(0, s.ExitCode));
        output.WriteLine($"all silos had stopped {(RealGrid.Now - changedAt).TotalSeconds:0.0} s after the change");

        foreach (var id in await Task.WhenAll(submits))
        {
            await web.FinalAsync(ledger, id, TimeSpan.FromSeconds(60));
        }

        Assert.False(silo.HasExited);
        var findings = Findings.Of(ledger, other.Executions, other.Deaths);
        findings.Check(mayOverlap: false);
        Assert.DoesNotContain(grid.Executions, e => ledger.Attempted.Contains(e.Id));
        // Its silos are known by their addresses, so what they write has those. Orleans alone does, as one that is not in the cluster stops: it says so.
        var (own, others) = (await grid.Redis.WrittenAsync(), await other.Redis.WrittenAsync());
        Assert.All(ports, port =>
        {
            Assert.Contains(own, c => c.Contains($"127.0.0.1:{port}", StringComparison.Ordinal) && c.Contains("silos", StringComparison.Ordinal));
            Assert.All(others.Where(c => c.Contains($"127.0.0.1:{port}", StringComparison.Ordinal)), c => Assert.Matches(Leaving, c));
        });

        way.Target = grid.Redis.Port;
        way.Reset();
        await grid.AddSiloAsync(("ConnectionStrings__redis", $"{way.EndPoint}"));
        // Connections that the web application still has with the other grid's silo end with it.
        await other.KillAsync(silo);
        var back = await web.SubmitAsync(ledger, "work", new { milliseconds = 1 });
        await web.FinalAsync(ledger, back, TimeSpan.FromSeconds(60));
        Assert.Contains(grid.Executions, e => e.Id == back);
        Assert.Empty(web.Unhandled);
    }

    /// <summary>Whatever is asked: no answer is one that a client can't act on.</summary>
    [Fact]
    public async Task It_does_not_answer()
    {
        await using var grid = await RealGrid.StartAsync(silos: 1);
        await using var web = await Web.StartAsync(grid.Redis.ConnectionString);
        var ledger = new Ledger();
        var ids = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => web.SubmitAsync(ledger, "work", new { milliseconds = 1 })));
        await Task.WhenAll(ids.Select(id => web.FinalAsync(ledger, id, TimeSpan.FromSeconds(60))));

        await grid.Redis.KillAsync();
        (HttpMethod Method, string Path, object? Body)[] questions =
        [
            (HttpMethod.Post, "tasks", new { task = "work", args = new { milliseconds = 1 } }),
            (HttpMethod.Post, "tasks/batch", new[] { new { task = "work", args = new { milliseconds = 1 } } }),
            (HttpMethod.Get, "tasks/01a21024-99fa-78c1-ad73-8c5fabfb0667", null),
            (HttpMethod.Get, $"tasks/{ids[0]}/log", null),
            (HttpMethod.Post, $"tasks/{ids[1]}/cancel", null),
            (HttpMethod.Post, $"tasks/{ids[2]}/retry", null),
            (HttpMethod.Patch, $"tasks/{ids[3]}", new { priority = 9 }),
            (HttpMethod.Delete, $"tasks/{ids[4]}", null),
            (HttpMethod.Get, "queues", null),
            (HttpMethod.Get, "queues/default", null),
            (HttpMethod.Put, "queues/default", new { limits = new { concurrency = 5 } }),
            (HttpMethod.Post, "queues/default/pause", null),
            (HttpMethod.Post, "queues/default/resume", null),
            (HttpMethod.Post, "bulk", new { action = "cancel", queue = "default" }),
        ];
        var answers = await Task.WhenAll(questions.Select(async q => (Question: $"{q.Method} {q.Path}", Answer: await web.TryAsync(q.Method, $"/api/v1/{q.Path}", q.Body))));
        foreach (var (question, answer) in answers)
        {
            output.WriteLine($"{question}: {(int)answer.Status} {answer.Body}");
        }

        Assert.All(answers, a => Assert.True(
            a.Answer.Status == HttpStatusCode.ServiceUnavailable && (a.Answer.Body.Contains(ErrorCodes.StoreUnavailable, StringComparison.Ordinal) || a.Answer.Body.Contains(ErrorCodes.GridUnavailable, StringComparison.Ordinal)),
            $"{a.Question}: {a.Answer}"));
    }

    /// <summary>Orleans keeps its reminders there by a way of its own, which may fail when everything else goes well.</summary>
    [Fact]
    public async Task Reminders_cannot_be_written()
    {
        await using var grid = await RealGrid.StartAsync(silos: 1);
        await using var web = await Web.StartAsync(grid.Redis.ConnectionString);
        await using var raw = await ConnectionMultiplexer.ConnectAsync($"{grid.Redis.ConnectionString},allowAdmin=true");
        var ledger = new Ledger();
        await web.FinalAsync(ledger, await web.SubmitAsync(ledger, "work", new { milliseconds = 1 }), TimeSpan.FromSeconds(60));
        var reminders = raw.GetServers()[0].Keys(pattern: "*reminders*").Single();
        await raw.GetDatabase().KeyRenameAsync(reminders, "away");
        await raw.GetDatabase().StringSetAsync(reminders, "no place for reminders");

        // A queue does without for now; an operation that must go on whatever happens does not begin.
        var other = await grid.Tasks.SubmitAsync("work", new { milliseconds = 1 }, new() { Queue = "another" });
        await grid.FinalAsync([other], TimeSpan.FromSeconds(30));
        var bulk = new { action = "cancel", queue = "another" };
        var (status, body) = await web.TryAsync(HttpMethod.Post, "/api/v1/bulk", bulk);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains(ErrorCodes.StoreUnavailable, body, StringComparison.Ordinal);
        await raw.GetDatabase().KeyRenameAsync("away", reminders);
        Assert.Equal(HttpStatusCode.Accepted, (await web.TryAsync(HttpMethod.Post, "/api/v1/bulk", bulk)).Status);
    }

    private static Task UntilAsync(Web web, HttpStatusCode status, string code) => RealGrid.UntilAsync(
        async () => await web.TryAsync(HttpMethod.Post, "/api/v1/tasks", new { task = "work", args = new { milliseconds = 1 } }) is var (found, body)
            && found == status && body.Contains(code, StringComparison.Ordinal),
        $"a submit is answered with {status} {code}", s_notice);
}
