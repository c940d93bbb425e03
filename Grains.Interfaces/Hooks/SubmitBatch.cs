namespace TaskGrid.Hooks;

/// <summary>
/// Gathers what comes out of the middleware of a batch into as few calls as possible. What one middleware holds back is not waited for, as it may
/// in turn wait for the others: it goes with a later call.
/// </summary>
internal sealed class SubmitBatch(Func<TaskSubmission[], Task<IReadOnlyList<SubmitReply>>> send)
{
    private readonly Lock _gate = new();
    private readonly List<(TaskSubmission Submission, TaskCompletionSource<SubmitReply> Reply)> _waiting = [];

    // Until all have been begun, nothing is sent.
    private bool _sending = true;

    public Task<SubmitReply> AddAsync(TaskSubmission submission)
    {
        var reply = new TaskCompletionSource<SubmitReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _waiting.Add((submission, reply));
            if (_sending)
            {
                return reply.Task;
            }

            _sending = true;
        }

        _ = SendAsync();
        return reply.Task;
    }

    /// <summary>Sends what has gathered, until nothing has any more.</summary>
    public async Task SendAsync()
    {
        while (true)
        {
            (TaskSubmission Submission, TaskCompletionSource<SubmitReply> Reply)[] now;
            lock (_gate)
            {
                now = [.. _waiting];
                _waiting.Clear();
                _sending = now.Length > 0;
            }

            if (now.Length == 0)
            {
                return;
            }

            try
            {
                var replies = await send([.. now.Select(n => n.Submission)]).ConfigureAwait(false);
                for (var i = 0; i < now.Length; i++)
                {
                    now[i].Reply.SetResult(replies[i]);
                }
            }
            catch (Exception e)
            {
                foreach (var (_, reply) in now)
                {
                    reply.TrySetException(e);
                }
            }
        }
    }
}
