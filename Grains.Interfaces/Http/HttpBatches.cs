namespace TaskGrid;

/// <summary>Cuts what is submitted together into the requests that the API takes. Pure.</summary>
internal static class HttpBatches
{
    /// <summary>The most tasks of one request.</summary>
    public const int MaxTasks = 1000;

    /// <summary>The most bytes of one: the API takes 1 MiB.</summary>
    public const int MaxBytes = 1000 * 1000;

    /// <summary>In the same order; one that is too large is a part of its own, which the API refuses.</summary>
    public static IEnumerable<byte[][]> Of(IEnumerable<TaskSubmission> submissions)
    {
        var (part, bytes) = (new List<byte[]>(), 0);
        foreach (var submit in submissions.Select(HttpJson.Write))
        {
            if (part.Count == MaxTasks || (part.Count > 0 && bytes + submit.Length > MaxBytes))
            {
                yield return [.. part];
                (part, bytes) = ([], 0);
            }

            part.Add(submit);
            bytes += submit.Length + 1;
        }

        if (part.Count > 0)
        {
            yield return [.. part];
        }
    }
}
