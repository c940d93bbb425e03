using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using TaskGrid.Errors;
using Xunit;

namespace TaskGrid.Tests.Web;

/// <summary>What looks at the memory of this process has it to itself.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ByItself
{
    public const string Name = "By itself";
}

/// <summary>
/// Requests to every route, made from good ones by chance with a seed, over real sockets: whatever comes, the answer is one that the documents know, and the process
/// is there afterwards and has not grown.
/// </summary>
[Collection(ByItself.Name)]
public sealed class When_everything_is_sent(ITestOutputHelper output)
{
    private const int AtOnce = 8;
    private const long MostGrowth = 100 << 20;

    // What Kestrel itself says of what is no HTTP.
    private static readonly int[] s_bare = [400, 404, 405, 408, 411, 413, 414, 417, 431, 501, 505];

    private static readonly int s_requests = (Setting("TASKGRID_FUZZ_N") ?? 5000) / 2;
    private static readonly int s_seed = Setting("TASKGRID_FUZZ_SEED") ?? 20261128;

    [Fact]
    public async Task Every_answer_is_one_that_the_documents_know()
    {
        var data = Directory.CreateTempSubdirectory("taskgrid-fuzz-").FullName;
        try
        {
            await using var web = await RunningWeb.StartAsync("Production", "--TaskGrid:DataFolder", data, "--Access:RequestsPerSecond", "100000", "--Tests:Add", "true");
            // The store fills its memory first, and code is compiled.
            var answers = await SendAllAsync(web, s_requests, 0);
            var before = Memory();
            foreach (var (status, count) in await SendAllAsync(web, s_requests, 1))
            {
                answers[status] = answers.GetValueOrDefault(status) + count;
            }

            var growth = Memory() - before;
            output.WriteLine($"N = {2 * s_requests}, seed {s_seed}: {string.Join(", ", answers.OrderBy(a => a.Key).Select(a => $"{a.Value} x {a.Key}"))}; grown by {growth >> 20} MiB");
            using var alive = await web.Client.ReadAsync("/health/live");
            Assert.True(alive.IsSuccessStatusCode);
            Assert.True(growth < MostGrowth, $"The process has grown by {growth >> 20} MiB.");
            Assert.True(answers.Where(a => a.Key is 200 or 202 or 204).Sum(a => a.Value) > s_requests / 50, "The requests were hardly ever right.");
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    private static async Task<Dictionary<int, int>> SendAllAsync(RunningWeb web, int count, int round)
    {
        var answers = new Dictionary<int, int>();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = TestContext.Current.CancellationToken }, async (i, cancellationToken) =>
            {
                var request = new RequestMutator(new Random(HashCode.Combine(s_seed, round, i))).Next();
                var answer = await request.SendAsync(web.Client.BaseAddress!, cancellationToken);
                Assert.True(IsKnown(answer) || request.Method == "HEAD" && answer is { Status: < 500, Body: "" }, $"Request {i} of seed {s_seed}, round {round}, was answered with {answer.Status} {answer.Body}: {request}");
                lock (answers)
                {
                    answers[answer.Status] = answers.GetValueOrDefault(answer.Status) + 1;
                }
            });
        return answers;
    }

    private static long Memory()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return Process.GetCurrentProcess().WorkingSet64;
    }

    private static bool IsKnown(RawAnswer answer) => answer switch
    {
        // What can't be a request's beginning has no answer that could be one.
        { Status: 0 } => answer.Body.Length == 0,
        { Status: < 400 } => true,
        { Status: >= 500 and not 503 } => false,
        { Body: "" } when answer.ContentType.Length > 0 => false,
        { ContentType: "" } => s_bare.Contains(answer.Status) && answer.Body.Length == 0,
        _ => answer.ContentType.StartsWith("application/problem+json", StringComparison.Ordinal) && JsonDocument.Parse(answer.Body).RootElement.Text("code") is var code
            && ProblemStatuses.Of(code) == answer.Status,
    };

    private static int? Setting(string name) => int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var number) ? number : null;
}
