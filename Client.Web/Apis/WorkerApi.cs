using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using TaskGrid.Errors;
using TaskGrid.Requests;

namespace TaskGrid.Apis;

/// <summary>Workers: how they stand, and which queues they serve.</summary>
internal static class WorkerApi
{
    private static readonly Members<Served> s_served = new("What a worker serves", new Dictionary<string, ReadMember<Served>>
    {
        ["queues"] = (s, v) => SettingsMembers.Set(JsonValues.Texts(v), x => s.Queues = x, "Queues are an array of strings."),
    });

    public static async Task<Ok<WorkerList>> List(HttpContext http, IWorkerClient workers) =>
        TypedResults.Ok(new WorkerList(await workers.ListAsync(http.RequestAborted)));

    public static async Task<Results<NoContent, ProblemHttpResult>> Serve(string worker, HttpContext http, IWorkerClient workers)
    {
        var body = await JsonBody.ReadAsync(http.Request);
        var served = new Served();
        if ((body.Refusal ?? Fault(served, body.Value)) is { } refusal)
        {
            return Problems.Of(refusal);
        }

        return await workers.ServeAsync(worker, served.Queues!, http.RequestAborted)
            ? TypedResults.NoContent()
            : None();
    }

    public static async Task<Results<Ok<WorkerSnapshot>, ProblemHttpResult>> Read(string worker, HttpContext http, IWorkerClient workers) =>
        (await workers.ListAsync(http.RequestAborted)).FirstOrDefault(w => w.Worker == worker) is { } found ? TypedResults.Ok(found) : None();

    public static async Task<Results<NoContent, ProblemHttpResult>> Drain(string worker, HttpContext http, IWorkerClient workers) =>
        await workers.DrainAsync(worker, http.RequestAborted) ? TypedResults.NoContent() : None();

    public static async Task<Results<NoContent, ProblemHttpResult>> Resume(string worker, HttpContext http, IWorkerClient workers) =>
        await workers.ResumeAsync(worker, http.RequestAborted) ? TypedResults.NoContent() : None();

    private static ProblemHttpResult None() => Problems.Of(new(ApiErrorCodes.NotFound, "There is no such worker; it may have started anew under another name."));

    private static TaskRefusal? Fault(Served served, JsonElement json) =>
        s_served.Read(served, json) is { } fault ? new(fault.Code, fault.Message, fault.Path)
        : served.Queues is null ? new(ApiErrorCodes.InvalidRequest, "Say which queues: the member is missing.", "queues")
        : null;

    private sealed class Served
    {
        public IReadOnlyList<string>? Queues { get; set; }
    }
}

/// <summary>The workers of the grid.</summary>
/// <param name="Items">Those that answered, by name.</param>
internal sealed record WorkerList(IReadOnlyList<WorkerSnapshot> Items);

/// <summary>Which queues a worker is to serve.</summary>
/// <param name="Queues">Names, or beginnings of names with a <c>*</c> at the end; none drains it.</param>
internal sealed record ServeRequest(IReadOnlyList<string> Queues);
