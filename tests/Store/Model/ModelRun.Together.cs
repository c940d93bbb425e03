using TaskGrid.Storage;
using TaskGrid.Tasks;

namespace TaskGrid.Store.Model;

/// <summary>What shares a call of the script, what is asked again, and whether what is ready is seen.</summary>
internal sealed partial class ModelRun
{
    private readonly List<string> _forgotten = [];

    /// <summary>Plain tasks, which the script takes in together where they stand beside one another; some of one kind, and now and then one of them twice.</summary>
    private async Task AcceptTogetherAsync()
    {
        var (tasks, expected) = (new List<NewTask>(), new List<string>());
        var count = _random.Next(2, 9);
        var (queue, name, priority) = (Pick(s_queues), Pick(s_names), _random.Next(3) * 4);
        for (var i = 0; i < count; i++)
        {
            if (_random.Next(3) == 0)
            {
                (queue, name, priority) = (Pick(s_queues), Pick(s_names), _random.Next(3) * 4);
            }

            if (tasks.Count > 0 && _random.Next(10) == 0)
            {
                tasks.Add(tasks[_random.Next(tasks.Count)]);
                expected.Add("Same");
                _place++;
                continue;
            }

            var delay = _random.Next(3) == 0 ? _random.Next(1, 3000) : 0;
            var task = new ModelTask($"t{_ids++}")
            {
                Queue = queue, Name = name, Priority = priority, Place = ++_place, Created = _model.Now, Due = delay > 0 ? _model.Now + delay : 0,
            };
            tasks.Add(TestGrid.Task(task.Id, queue, name, priority, TimeSpan.FromMilliseconds(delay)));
            expected.Add("Created");
            _model.Accept(task);
        }

        Note($"accept together {string.Join(", ", tasks.Select(t => $"{t.Id} {t.Queue} {t.Lane} p{t.Priority} due {t.Delay.TotalMilliseconds}"))}");
        var accepted = await grid.TogetherAsync(tasks.Select(t => (Func<Task<Acceptance>>)(async () => (await grid.Tasks.AcceptAsync(t)).Acceptance)));
        Same(string.Join(' ', expected), string.Join(' ', accepted));
    }

    /// <summary>A submit whose answer got lost, or another task by the same id.</summary>
    private async Task AcceptAgainAsync()
    {
        var known = Pick(_model.Tasks.Values.Where(t => t.Deduplication is null));
        if (_forgotten.Count > 0 && _random.Next(2) == 0)
        {
            known = null;
        }

        var id = known?.Id ?? (_forgotten.Count > 0 ? _forgotten[_random.Next(_forgotten.Count)] : null);
        if (id is null)
        {
            return;
        }

        var isOther = _random.Next(3) == 0;
        Note($"accept {id} again, {(isOther ? "another" : "the same")}");
        var task = TestGrid.Task(id, known?.Queue ?? s_queues[0], known?.Name ?? s_names[0], hash: isOther ? "other" : "h");
        var (acceptance, _) = await grid.Tasks.AcceptAsync(task);
        _place++;
        Same(isOther ? Acceptance.Exists : known is null ? Acceptance.Forgotten : Acceptance.Same, acceptance);
    }

    /// <summary>Ends of attempts in one call: each is judged by itself, and keeps its own result.</summary>
    private async Task EndTogetherAsync()
    {
        var some = _model.Tasks.Values.Where(t => t.Token is not null).OrderBy(_ => _random.Next()).Take(_random.Next(2, 9)).ToList();
        var ends = new List<(string Id, long Token, char Outcome, Verdict Verdict)>();
        foreach (var task in some)
        {
            var token = _random.Next(10) == 0 ? task.Issued : task.Token!.Value;
            var end = _random.Next(6) switch
            {
                0 => (task.Id, token, 'F', new Verdict.Fail(new("X", "no"))),
                1 => (task.Id, token, 'R', new Verdict.Retry(new("X", "no"), TimeSpan.FromMilliseconds(500))),
                _ => (task.Id, token, 'S', (Verdict)new Verdict.Succeed(JsonText.From(task.Id))),
            };
            ends.Add(end);
            if (_random.Next(8) == 0)
            {
                // Sent twice, since the first answer was late.
                ends.Add(end);
            }
        }

        Note($"end together {string.Join(", ", ends.Select(e => $"{e.Id} {e.Outcome} {e.Token}"))}");
        var expected = ends.Select(e => _model.Finish(e.Id, e.Token, e.Outcome, 500)).ToList();
        var told = await grid.TogetherAsync(ends.Select(e => (Func<Task<char?>>)(() => grid.Tasks.FinishAsync(e.Id, e.Token, e.Verdict, []))));
        Same(string.Join(' ', expected.Select(c => $"{c}")), string.Join(' ', told.Select(c => $"{c}")));
    }

    /// <summary>What is ready is there to be found, whoever looks.</summary>
    private async Task SurveyAsync()
    {
        await ExpireAsync();
        var survey = await grid.Silos.SurveyAsync();
        Note("survey");
        foreach (var queue in s_queues.Where(q => !_model.Paused.Contains(q)))
        {
            var found = survey.Queues.FirstOrDefault(w => w.Queue == queue);
            CheckIsSeen(queue, found?.IsReady == true, found?.LookAgainIn);
        }
    }

    /// <summary>Whoever has looked at a queue knows of what is ready in it, and comes back no later than the next task may begin.</summary>
    private void CheckIsSeen(string queue, bool isReady, TimeSpan? lookAgainIn)
    {
        if (isReady)
        {
            return;
        }

        if (_model.IsReady(queue))
        {
            Same($"something in {queue} is ready", $"nothing is, look again in {lookAgainIn}");
        }

        if (_model.LookAgainIn(queue) is { } wait && !(lookAgainIn <= TimeSpan.FromMilliseconds(wait)))
        {
            Same($"look at {queue} again in {wait} ms", $"look again in {lookAgainIn}");
        }
    }
}
