using Microsoft.AspNetCore.Http.HttpResults;
using TaskGrid.Access;
using TaskGrid.Errors;
using TaskGrid.Requests;

namespace TaskGrid.Apis;

/// <summary>How the grid does, and what it can run.</summary>
internal static class StatsApi
{
    private const int DefaultErrors = 50;
    private const int MostErrors = 1000;

    public static async Task<Ok<GridStats>> Read(HttpContext http, IStatsClient stats) => TypedResults.Ok(await stats.GetAsync(http.RequestAborted));

    public static async Task<Results<Ok<ErrorList>, ProblemHttpResult>> Errors(HttpContext http, IStatsClient stats)
    {
        var limit = QueryValues.Whole(http.Request.Query, "limit", DefaultErrors, 1, MostErrors);
        return limit.Refusal is { } refusal
            ? Problems.Of(refusal)
            : TypedResults.Ok(new ErrorList(await stats.GetErrorsAsync((int)limit.Value!.Value, http.RequestAborted)));
    }

    public static async Task<Ok<TaskTypeList>> Types(HttpContext http, IStatsClient stats) => TypedResults.Ok(new TaskTypeList(await TypesAsync(http, stats)));

    public static async Task<Results<Ok<TaskType>, ProblemHttpResult>> Type(string task, HttpContext http, IStatsClient stats) =>
        (await TypesAsync(http, stats)).FirstOrDefault(t => t.Task == task) is { } type
            ? TypedResults.Ok(type)
            : Problems.Of(new(ApiErrorCodes.NotFound, $"No silo of the grid runs a task named '{task}'."));

    private static async Task<IReadOnlyList<TaskType>> TypesAsync(HttpContext http, IStatsClient stats) =>
        [.. (await stats.GetTaskTypesAsync(http.RequestAborted)).Where(t => Scope.Of(http.User).CheckTask(t.Task) is null)];
}

/// <summary>Failures by kind.</summary>
/// <param name="Items">The last one first.</param>
internal sealed record ErrorList(IReadOnlyList<ErrorGroup> Items);

/// <summary>The tasks that the grid runs.</summary>
/// <param name="Items">By name.</param>
internal sealed record TaskTypeList(IReadOnlyList<TaskType> Items);
