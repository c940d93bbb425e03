using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using TaskGrid.Queues;
using TaskGrid.Storage;
using TaskGrid.Webhooks;
using TaskGrid.Workers;

namespace TaskGrid.Tasks;

/// <summary>Accepts tasks on the silo that the caller is connected to: validate, store, answer, and only then tell the dispatcher.</summary>
[StatelessWorker, Reentrant, GrainType("taskgrid-submit")]
internal sealed class SubmitGrain(
    StoreConnection store, TaskStore tasks, TaskDirectory directory, SettingsResolver settings, Nudger nudger, SiloIncarnation self, IOptions<TaskGridOptions> options,
    IOptions<WebhookOptions> webhooks) : Grain, ISubmitGrain
{
    public async Task<SubmitReply[]> Submit(TaskSubmission[] submissions) =>
        submissions.Length == 1 ? [await AcceptAsync(submissions[0])] : await Task.WhenAll(AcceptTogether(submissions));

    private List<Task<SubmitReply>> AcceptTogether(TaskSubmission[] submissions)
    {
        using var together = store.Gather();
        return [.. submissions.Select(AcceptAsync)];
    }

    private async Task<SubmitReply> AcceptAsync(TaskSubmission submission)
    {
        try
        {
            if (SubmissionRules.Check(submission, options.Value.MaxArgsBytes) is { } broken)
            {
                return Refused(broken);
            }

            if (submission.Options.Webhook is { } url && WebhookRules.Check(url, webhooks.Value) is { } unfit)
            {
                return Refused(unfit);
            }

            if (store.Refusal is { } reason)
            {
                return Refused(reason);
            }

            if (!self.IsConfirmed)
            {
                // At once, so that the caller goes to another silo: the store's own silence takes seconds to tell.
                return Refused(new(ErrorCodes.StoreUnavailable, "The store has not confirmed lately that this silo lives."));
            }

            var (known, refusal) = await directory.CheckAsync(submission);
            return known is null ? Refused(refusal!) : await StoreAsync(submission, known);
        }
        catch (StoreUnavailableException e)
        {
            return Refused(new(ErrorCodes.StoreUnavailable, e.Message));
        }
    }

    private async Task<SubmitReply> StoreAsync(TaskSubmission submission, TaskDescription known)
    {
        var asked = submission.Options;
        var queue = asked.Queue ?? known.Queue;
        var resolved = await settings.ResolveAsync(submission.Task, queue, asked, known);
        if (SettingsRules.Check(resolved.Settings) is { } broken)
        {
            // Each layer is within bounds by itself; together they need not be.
            return Refused(new(broken.Code, broken.ToString(), broken.Field));
        }

        var task = NewTasks.From(submission, known, queue, resolved);
        var (acceptance, record) = await tasks.AcceptAsync(task);
        if (record is null)
        {
            return Refused(acceptance, task.Id, asked.IdempotencyKey);
        }

        if (!record.Line.IsFinal)
        {
            nudger.Nudge(queue, TimeSpan.FromMilliseconds(Math.Max(0, record.Line.Due - record.ReadAt)));
        }

        return new(record.ToSnapshot(), acceptance == Acceptance.Created, null);
    }

    private static SubmitReply Refused(Acceptance acceptance, string id, string? key) => Refused((acceptance, key) switch
    {
        (Acceptance.Duplicate, _) => new(ErrorCodes.Duplicate, "Another task stands for this one by its deduplication key, and has been forgotten.", "deduplication.key"),
        (Acceptance.Forgotten, { } reused) => new(ErrorCodes.TaskExists, $"The task of the idempotency key '{reused}' has been run and forgotten; for a day after its submit the key is taken.", "idempotencyKey"),
        (Acceptance.Forgotten, _) => new(ErrorCodes.TaskExists, $"Task '{id}' has been run and forgotten; for an hour after its submit the id is taken: use another one.", "id"),
        (_, null) => new(ErrorCodes.TaskExists, $"A task '{id}' with other content exists.", "id"),
        _ => new TaskRefusal(ErrorCodes.IdempotencyKeyReused, $"The idempotency key '{key}' was used with other content.", "idempotencyKey"),
    });

    private static SubmitReply Refused(TaskRefusal refusal) => new(null, false, refusal);
}
