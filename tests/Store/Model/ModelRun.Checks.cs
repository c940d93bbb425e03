using TaskGrid.Tasks;

namespace TaskGrid.Store.Model;

/// <summary>What store and model have to agree on now and then, and the new beginning after it.</summary>
internal sealed partial class ModelRun
{
    private const int FiguresEvery = 4;

    private int _clearings;
    private int _looks;

    /// <summary>Every task is what the model says, and the raw keys keep their promises.</summary>
    private async Task CheckAllAsync()
    {
        await ExpireAsync();
        foreach (var task in _model.Tasks.Values)
        {
            var record = await grid.ReadAsync(task.Id);
            var line = record.Line;
            Same(
                $"{task.Id} {task.Code} {task.Attempt} {task.Crashes} {task.Issued} {task.Applied} {task.Token} {task.Forgiven} {task.Queue} {task.Priority}",
                $"{task.Id} {line.Code} {line.Attempt} {line.Crashes} {line.Issued} {line.Applied} {record.Lease?.Token} {line.Forgiven} {line.Queue} {line.Priority}");
            if (task.Waits)
            {
                Same($"{task.Id} {task.Due}", $"{task.Id} {line.Due}");
            }
            else if (record.Lease is { } lease)
            {
                Same($"{task.Id} {task.Silo} {task.Begun} {task.CancelRequested}", $"{task.Id} {lease.Silo} {lease.Begun} {lease.CancelRequested}");
            }
            else if (task.Ended == 'S')
            {
                Same(task.Id, record.ToSnapshot().Result?.As<string>());
            }
        }

        // Each look at them reads all of an hour.
        if (_looks++ % FiguresEvery == 0)
        {
            await CheckFiguresAsync();
        }

        // Not the chance that makes the history.
        await foreach (var (expected, listed) in ListCheck.CompareAsync(grid, _model.Tasks.Keys, s_queues, s_names, new(seed + _ids)))
        {
            Same(expected, listed);
        }

        await Invariants.AssertAsync(grid, when: $"seed {seed}");
    }

    private async Task CheckFiguresAsync()
    {
        var stats = await grid.Stats.ReadAsync();
        Same(_model.Unfinished, (stats.Scheduled, stats.Queued, stats.Retrying, stats.Running));
        foreach (var slot in stats.History)
        {
            Same((slot.At, _model.LatencyAt(slot.At.ToUnixTimeMilliseconds())), (slot.At, (slot.Wait, slot.Run)));
        }
    }

    /// <summary>Ends and forgets what there is, so that the model does not get slow.</summary>
    private async Task ClearAsync()
    {
        foreach (var task in _model.Tasks.Values.Where(t => t.Token is not null))
        {
            await grid.Tasks.FinishAsync(task.Id, task.Token!.Value, new Verdict.Cancel("requested"), []);
        }

        foreach (var task in _model.Tasks.Values.Where(t => t.Waits))
        {
            await grid.Tasks.CancelAsync(task.Id, "requested");
        }

        _forgotten.Clear();
        foreach (var task in _model.Tasks.Values)
        {
            await grid.Tasks.ForgetAsync(task.Id);
            _forgotten.Add(task.Id);
        }

        _model.Tasks.Clear();
        _history.Clear();
        _clearings++;
    }

    private void Same<T>(T expected, T actual)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
        {
            throw new ModelMismatchException($"seed {seed}, grid {grid.Name}: expected '{expected}', the store says '{actual}'. Last:\n{string.Join('\n', _history.TakeLast(40))}");
        }
    }
}
